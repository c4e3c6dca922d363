//! Turns the paths that calls name into absolute ones.

use std::path::{Path, PathBuf};

/// The longest path that the kernel takes, its final NUL byte included.
const PATH_MAX: usize = 4096;

/// Why a path cannot name a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// There is no path.
    #[error("The path is empty; name a file or directory.")]
    Empty,
    /// No file name holds a NUL byte.
    #[error("The path has a NUL byte in it; remove it.")]
    Nul,
    /// The kernel would refuse it.
    #[error("The path is longer than 4,095 bytes; use a shorter one.")]
    TooLong,
    /// Only one's own home is known by `~`.
    #[error("The path {0:?} starts in another user's home; write that directory out.")]
    OtherHome(String),
}

/// Makes `path` absolute against `home`, or `workdir` where it is relative. `.` and empty components vanish; `..` goes
/// up by name, never above the root.
pub(crate) fn resolve(path: &str, home: &Path, workdir: Option<&Path>) -> Result<PathBuf, PathError> {
    if path.is_empty() {
        return Err(PathError::Empty);
    }
    if path.contains('\0') {
        return Err(PathError::Nul);
    }
    let joined = if path == "~" {
        home.to_path_buf()
    } else if let Some(rest) = path.strip_prefix("~/") {
        home.join(rest.trim_start_matches('/'))
    } else if path.starts_with('~') {
        return Err(PathError::OtherHome(path.to_owned()));
    } else {
        workdir.unwrap_or(home).join(path)
    };
    let clean = normalise(&Path::new("/").join(joined));
    if clean.as_os_str().len() >= PATH_MAX {
        return Err(PathError::TooLong);
    }
    Ok(clean)
}

fn normalise(path: &Path) -> PathBuf {
    let mut clean = PathBuf::from("/");
    for component in path.components() {
        match component {
            std::path::Component::Normal(name) => clean.push(name),
            std::path::Component::ParentDir => {
                clean.pop();
            }
            _ => {}
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_home(path: &str) -> Result<PathBuf, PathError> {
        resolve(path, Path::new("/home/user"), None)
    }

    #[test]
    fn absolute_paths_stay() {
        assert_eq!(at_home("/etc//hosts/."), Ok("/etc/hosts".into()));
    }

    #[test]
    fn relative_paths_and_tilde_start_at_home() {
        assert_eq!(at_home("a/b"), Ok("/home/user/a/b".into()));
        assert_eq!(at_home("~"), Ok("/home/user".into()));
        assert_eq!(at_home("~//x"), Ok("/home/user/x".into()));
        assert_eq!(at_home("a~"), Ok("/home/user/a~".into()));
    }

    #[test]
    fn a_working_directory_takes_the_place_of_home_for_relative_paths_only() {
        let workdir = Some(Path::new("/srv"));
        assert_eq!(resolve("a", Path::new("/root"), workdir), Ok("/srv/a".into()));
        assert_eq!(resolve("~/a", Path::new("/root"), workdir), Ok("/root/a".into()));
    }

    #[test]
    fn parents_never_leave_the_root() {
        assert_eq!(at_home("../../../../etc/passwd"), Ok("/etc/passwd".into()));
        assert_eq!(at_home("/.."), Ok("/".into()));
    }

    #[test]
    fn what_names_no_file_is_refused() {
        assert_eq!(at_home(""), Err(PathError::Empty));
        assert_eq!(at_home("a\0b"), Err(PathError::Nul));
        assert_eq!(at_home(&"x".repeat(5000)), Err(PathError::TooLong));
        assert_eq!(at_home("~other/x"), Err(PathError::OtherHome("~other/x".to_owned())));
    }
}
