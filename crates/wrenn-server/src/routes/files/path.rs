//! Paths inside a capsule.

use crate::error::{ApiError, Result};

/// The longest path that a system call takes.
const MAX_PATH: usize = 4096;

/// Refuses what can be no path. Where it leads is the capsule's own business: there is nothing to escape to.
pub(crate) fn check(path: &str) -> Result<&str> {
    if path.is_empty() {
        return Err(ApiError::invalid("Give a path; it is empty."));
    }
    if path.len() >= MAX_PATH {
        return Err(ApiError::invalid(format!("Give a path shorter than {MAX_PATH} bytes.")));
    }
    if path.contains('\0') {
        return Err(ApiError::invalid("Give a path without NUL characters."));
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_no_path_is_refused() {
        for path in ["/a", "a", "~", "../../etc/passwd", "/ü\n"] {
            assert!(check(path).is_ok(), "{path}");
        }
        for path in ["", "/a\0b", &"/a".repeat(2048)] {
            assert!(check(path).is_err(), "{path}");
        }
    }
}
