//! Where a copy comes from or goes to.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

/// One end of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a capsule.
    Capsule {
        /// Its id, or the beginning of it.
        capsule: String,
        /// The path inside.
        path: String,
    },
    /// On this machine.
    Local(PathBuf),
    /// Standard input or output.
    Standard,
}

impl FromStr for Place {
    type Err = Infallible;

    /// A colon before the first slash divides a capsule from a path; `./a:b` is a local path with a colon.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            _ if text == "-" => Self::Standard,
            Some((capsule, path)) if !capsule.is_empty() && !capsule.contains('/') && capsule != "." => {
                let path = if path.is_empty() { "." } else { path };
                Self::Capsule { capsule: capsule.to_owned(), path: path.to_owned() }
            }
            _ => Self::Local(text.into()),
        })
    }
}

/// The last name in a path inside a capsule; `None` for `/`, `.` and the like.
pub(crate) fn name(path: &str) -> Option<&str> {
    path.trim_end_matches('/').rsplit('/').next().filter(|name| !matches!(*name, "" | "." | ".." | "~"))
}

/// A path inside a capsule, below another.
pub(crate) fn join(dir: &str, name: &str) -> String {
    format!("{}/{name}", dir.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        text.parse().expect("any text is a place")
    }

    #[test]
    fn a_colon_divides_a_capsule_from_a_path() {
        let inside = |path: &str| Place::Capsule { capsule: "cl-1".into(), path: path.into() };
        assert_eq!(place("cl-1:/a b"), inside("/a b"));
        assert_eq!(place("cl-1:"), inside("."));
        assert_eq!(place("cl-1:x:y"), inside("x:y"));
        assert_eq!(place("./a:b"), Place::Local("./a:b".into()));
        assert_eq!(place("/a:b"), Place::Local("/a:b".into()));
        assert_eq!(place("file"), Place::Local("file".into()));
        assert_eq!(place("-"), Place::Standard);
    }

    #[test]
    fn names_and_paths_inside() {
        assert_eq!((name("/a/b/"), name("b"), name("/"), name("a/..")), (Some("b"), Some("b"), None, None));
        assert_eq!(
            (join("/", "x"), join("/a/", "x"), join(".", "x")),
            ("/x".into(), "/a/x".into(), "./x".into())
        );
    }
}
