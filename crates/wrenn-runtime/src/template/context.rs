//! The content hash of a build's directory.

use std::{
    fs,
    io::Read as _,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use super::{builtin::hex, error::TemplateError};

/// Hashes the names, modes and contents of everything in `dir`, after the `bases` that the build begins from.
pub(super) fn hash(dir: &Path, bases: &[String]) -> Result<String, TemplateError> {
    let mut hash = Sha256::new();
    for base in bases {
        add(&mut hash, base.as_bytes());
    }
    add_dir(&mut hash, dir)?;
    Ok(hex(&hash.finalize()[..16]))
}

fn add_dir(hash: &mut Sha256, dir: &Path) -> Result<(), TemplateError> {
    let fail = |error| TemplateError::file("list", dir)(error);
    let mut entries = fs::read_dir(dir).map_err(fail)?.collect::<Result<Vec<_>, _>>().map_err(fail)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let fail = |error| TemplateError::file("read", &path)(error);
        let metadata = entry.metadata().map_err(fail)?;
        add(hash, entry.file_name().as_bytes());
        hash.update(metadata.permissions().mode().to_le_bytes());
        if metadata.is_dir() {
            add_dir(hash, &path)?;
            hash.update(b"end of directory");
        } else if metadata.is_symlink() {
            add(hash, fs::read_link(&path).map_err(fail)?.as_os_str().as_bytes());
        } else if metadata.is_file() {
            hash.update(metadata.len().to_le_bytes());
            let mut file = fs::File::open(&path).map_err(fail)?;
            let mut buffer = vec![0; 1 << 16];
            loop {
                let count = file.read(&mut buffer).map_err(fail)?;
                if count == 0 {
                    break;
                }
                hash.update(&buffer[..count]);
            }
        }
    }
    Ok(())
}

/// Adds bytes after their number, so that two fields never run into one.
fn add(hash: &mut Sha256, bytes: &[u8]) {
    hash.update(bytes.len().to_le_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_changes_the_hash() -> Result<(), Box<dyn std::error::Error>> {
        let dir = tempfile::tempdir()?;
        let mut seen = std::collections::HashSet::new();
        let mut check = |what: &str| {
            let hash = hash(dir.path(), &["base".to_owned()]).unwrap();
            assert!(seen.insert(hash), "{what} has not changed the hash");
        };
        fs::write(dir.path().join("Dockerfile"), "FROM minimal")?;
        check("a file");
        fs::write(dir.path().join("Dockerfile"), "FROM minimal\n")?;
        check("a byte");
        fs::set_permissions(dir.path().join("Dockerfile"), fs::Permissions::from_mode(0o755))?;
        check("a mode");
        fs::create_dir(dir.path().join("a"))?;
        check("a directory");
        std::os::unix::fs::symlink("x", dir.path().join("a/link"))?;
        check("a link");
        fs::rename(dir.path().join("a"), dir.path().join("b"))?;
        check("a name");
        assert_eq!(hash(dir.path(), &[])?, hash(dir.path(), &[])?);
        assert_ne!(hash(dir.path(), &[])?, hash(dir.path(), &["base".to_owned()])?);
        Ok(())
    }
}
