//! Paths of calls.

use std::path::Path;

use crate::paths::resolve;

/// The bytes are a path: what it is resolved to is absolute, clean, and resolved to itself.
///
/// # Panics
/// When it is not.
pub fn path_resolution(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for workdir in [None, Some(Path::new("/srv/../var"))] {
        let Ok(path) = resolve(&text, Path::new("/home/user"), workdir) else { continue };
        let shown = path.to_str().expect("a path made of text is text");
        let parts: Vec<_> = shown[1..].split('/').collect();
        assert!(shown.starts_with('/') && shown.len() < 4096 && !shown.contains('\0'), "{path:?}");
        assert!(!parts.iter().any(|part| [".", ".."].contains(part)), "{path:?}");
        assert!(shown == "/" || !parts.contains(&""), "{path:?}");
        assert_eq!(resolve(shown, Path::new("/"), None).as_ref(), Ok(&path));
    }
}
