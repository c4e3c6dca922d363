//! Directories for what is being made: gone when dropped, and cleared at the next start when their process was killed.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{error::TemplateError, lock::Lock, tree};

/// A private directory to build something in.
#[derive(Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    lock_path: PathBuf,
    _lock: Lock,
}

impl Scratch {
    /// Makes a new one below `parent`.
    pub(super) fn new(parent: &Path) -> Result<Self, TemplateError> {
        tree::create_private_dir(parent)?;
        loop {
            let name = uuid::Uuid::new_v4().simple().to_string();
            // The lock first: whoever sees the directory sees that it is in use.
            let lock_path = parent.join(format!("{name}.lock"));
            let Some(lock) = Lock::try_take(&lock_path)? else {
                continue;
            };
            // A clearing that came between creating and locking the file has removed it.
            if !lock_path.exists() {
                continue;
            }
            let scratch = Self { path: parent.join(name), lock_path, _lock: lock };
            tree::create_private_dir(&scratch.path)?;
            return Ok(scratch);
        }
    }

    /// The directory.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Programs that were killed a moment ago may still be writing.
        let deadline = Instant::now() + Duration::from_secs(10);
        while tree::remove_all(&self.path).is_err() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        // What could not be removed now keeps its lock file, by which the next start finds it.
        if !self.path.exists() {
            let _ = tree::remove_all(&self.lock_path);
        }
    }
}

/// Removes what killed processes left below `parent`.
pub(super) fn clear_abandoned(parent: &Path) -> Result<(), TemplateError> {
    for name in tree::names_in(parent)? {
        let Some(stem) = name.strip_suffix(".lock") else {
            continue;
        };
        let lock_path = parent.join(&name);
        if let Some(_lock) = Lock::try_take(&lock_path)? {
            tree::remove_all(&parent.join(stem))?;
            tree::remove_all(&lock_path)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn clearing_spares_what_is_in_use() -> Result<(), Box<dyn std::error::Error>> {
        let parent = tempfile::tempdir()?;
        let used = Scratch::new(parent.path())?;
        fs::write(used.path().join("file"), "x")?;
        fs::create_dir(parent.path().join("abandoned"))?;
        fs::write(parent.path().join("abandoned/file"), "x")?;
        fs::write(parent.path().join("abandoned.lock"), "")?;

        clear_abandoned(parent.path())?;

        assert!(used.path().join("file").exists());
        assert!(!parent.path().join("abandoned").exists());
        drop(used);
        assert_eq!(tree::names_in(parent.path())?, Vec::<String>::new());
        Ok(())
    }
}
