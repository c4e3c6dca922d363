//! Which paths a signed address opens.

/// The longest path that can be signed, in bytes.
const MAX_LENGTH: usize = 2_048;
/// How often a path may be escaped over and over.
const MAX_DEPTH: usize = 8;

/// A path, and all that is below it. The root opens everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope(String);

impl Scope {
    /// The scope of an address: its path without the query. `None` for what is no path, or leads up.
    pub(super) fn of(address: &str) -> Option<Self> {
        let path = address.split('?').next().unwrap_or_default();
        let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        let good = path.starts_with('/') && path.len() <= MAX_LENGTH && plain && !is_crooked(path);
        good.then(|| Self(path.trim_end_matches('/').to_owned()))
    }

    /// The scope as text; empty for the root.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it opens a path as a client wrote it. A path that a service could understand as leading elsewhere is
    /// opened only by the root.
    pub(super) fn covers(&self, path: &str) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let below =
            path.strip_prefix(self.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        below && !is_crooked(path)
    }
}

/// Whether a path has segments that lead up, however they are escaped.
fn is_crooked(path: &str) -> bool {
    let mut bytes = path.as_bytes().to_vec();
    for _ in 0..MAX_DEPTH {
        let mut segments = bytes.split(|byte| matches!(byte, b'/' | b'\\'));
        // Some services ignore what follows a semicolon.
        let up = segments.any(|segment| {
            let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
            matches!(name, b"." | b"..")
        });
        if up || bytes.iter().any(u8::is_ascii_control) {
            return true;
        }
        let unescaped = unescape(&bytes);
        if unescaped == bytes {
            return false;
        }
        bytes = unescaped;
    }
    true
}

fn unescape(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 3;
            }
            (byte, ..) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_opens_its_path_and_what_is_below() {
        let scope = Scope::of("/a/b/?x=/../").unwrap();
        for path in ["/a/b", "/a/b/", "/a/b/c", "/a/b/c%20d/..e/.f", "/a/b//c"] {
            assert!(scope.covers(path), "{path}");
        }
        for path in ["/a", "/a/bc", "/", "/a/B", "/x/a/b", "/a%2Fb"] {
            assert!(!scope.covers(path), "{path}");
        }
        assert!(Scope::of("/").unwrap().covers("/any/../thing"));
    }

    #[test]
    fn no_way_to_write_it_leads_out_of_a_scope() {
        let scope = Scope::of("/a").unwrap();
        for path in [
            "/a/../x",
            "/a/..",
            "/a/%2e%2e/x",
            "/a/%2E./x",
            "/a/..%2fx",
            "/a/%252e%252e/x",
            "/a/..;v=1/x",
            "/a/..\\x",
            "/a/..%5Cx",
            "/a/b/../../../x",
            "/a/./../x",
            "/a/%2e",
            "/a/%25252525252525252525252e%2e/x",
            "/a/%00/..",
        ] {
            assert!(!scope.covers(path), "{path}");
        }
    }

    #[test]
    fn what_is_no_path_is_no_scope() {
        for text in
            ["", "a", "http://h/", "/a b", "/a#b", "/ä", "/a/../b", &format!("/{}", "x".repeat(3_000))]
        {
            assert_eq!(Scope::of(text), None, "{text}");
        }
    }
}
