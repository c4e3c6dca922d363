//! Locks between processes, on files, which the kernel releases when their holder dies.

use std::{fs::File, path::Path};

use super::{error::TemplateError, tree};

/// A held lock; dropping it releases it.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock on `path` if nobody has it.
    pub(super) fn try_take(path: &Path) -> Result<Option<Self>, TemplateError> {
        let file = open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(TemplateError::file("lock", path)(error)),
        }
    }

    /// Takes the lock on `path`, waiting for whoever has it, after having called `waiting`.
    pub(super) async fn take(path: &Path, waiting: impl FnOnce()) -> Result<Self, TemplateError> {
        if let Some(lock) = Self::try_take(path)? {
            return Ok(lock);
        }
        waiting();
        // Polled, because a thread that waits in the kernel could not be called off.
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            if let Some(lock) = Self::try_take(path)? {
                return Ok(lock);
            }
        }
    }
}

fn open(path: &Path) -> Result<File, TemplateError> {
    if let Some(parent) = path.parent() {
        tree::create_private_dir(parent)?;
    }
    File::options().create(true).append(true).open(path).map_err(TemplateError::file("open lock", path))
}
