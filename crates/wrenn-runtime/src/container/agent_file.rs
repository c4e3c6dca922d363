//! The agent's executable, once for all capsules.

use std::{
    fs, io,
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// Writes the agent below `root`, unless the same one is there, and returns its path. The name is made from the
/// content: capsules that still run an earlier agent keep theirs.
pub(super) fn install(root: &Path, agent: &[u8]) -> Result<PathBuf> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(root).map_err(Error::file("create", root))?;
    let digest = Sha256::digest(agent);
    let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let path = root.join(format!("agent-{name}"));
    match fs::metadata(&path) {
        Ok(file) if file.len() == agent.len() as u64 => return Ok(path),
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(Error::file("read", &path)(error));
        }
        _ => {}
    }
    let aside = root.join(format!("agent-{name}.{}", std::process::id()));
    let written = write_executable(&aside, agent).and_then(|()| fs::rename(&aside, &path));
    written.map_err(|error| {
        let _ = fs::remove_file(&aside);
        Error::file("write", &path)(error)
    })?;
    Ok(path)
}

fn write_executable(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_agent_is_written_once_and_another_beside_it() {
        let root = tempfile::tempdir().unwrap();
        let first = install(root.path(), b"one").unwrap();
        assert_eq!(install(root.path(), b"one").unwrap(), first);
        let second = install(root.path(), b"two").unwrap();
        assert_ne!(first, second);
        assert_eq!(fs::read(first).unwrap(), b"one");
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_file_that_was_cut_off_is_written_again() {
        let root = tempfile::tempdir().unwrap();
        let path = install(root.path(), b"whole").unwrap();
        fs::write(&path, b"who").unwrap();
        assert_eq!(fs::read(install(root.path(), b"whole").unwrap()).unwrap(), b"whole");
    }
}
