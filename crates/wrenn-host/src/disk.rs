//! The files that the host keeps about a capsule, in the capsule's directory.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::{HostError, Record, Result};

const RECORD: &str = "capsule.json";

/// Times that a directory is emptied again because somebody was still writing into it.
const REMOVAL_ATTEMPTS: u32 = 20;

/// Makes a directory that only we may enter, with its parents.
pub(crate) fn create_private_dir(path: &Path) -> Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(HostError::file("create", path))
}

/// Writes `capsule.json`: a reader finds the old or the new one, also after a kill.
pub(crate) async fn write_record(record: &Record) -> Result<()> {
    let dir = record.spec.dir.clone();
    let path = dir.join(RECORD);
    let content = serde_json::to_vec_pretty(record)
        .map_err(io::Error::from)
        .map_err(HostError::file("write", &path))?;
    blocking(move || replace(&dir, RECORD, &content).map_err(HostError::file("write", dir.join(RECORD))))
        .await
}

/// Has `capsule.json` reach the disk soon, in case the power fails. Nobody waits for it: what fails with the power is the
/// capsule itself, and all that would be lost is the knowledge of its last moments.
pub(crate) fn sync_record_soon(dir: &Path) {
    let dir = dir.to_owned();
    tokio::task::spawn_blocking(move || {
        let synced = fs::File::open(dir.join(RECORD))
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::File::open(&dir)?.sync_all());
        // A capsule that went meanwhile has nothing to sync.
        if let Err(error) = synced
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(path = %dir.display(), %error, "cannot sync a capsule's record");
        }
    });
}

/// Reads `capsule.json`; `None` when there is none, or only part of one.
pub(crate) fn read_record(dir: &Path) -> Result<Option<Record>> {
    let path = dir.join(RECORD);
    match fs::read(&path) {
        Ok(content) => match serde_json::from_slice::<Record>(&content) {
            // The data directory may have moved since.
            Ok(mut record) => {
                record.spec.dir = dir.to_owned();
                Ok(Some(record))
            }
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a capsule's record is unreadable");
                Ok(None)
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HostError::file("read", path)(error)),
    }
}

/// Replaces a file in one step.
pub(crate) fn replace(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let temporary = dir.join(format!(".{name}.new"));
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    file.write_all(content)?;
    fs::rename(&temporary, dir.join(name))
}

/// Removes a directory with all that it holds.
pub(crate) async fn remove_dir(path: &Path) -> Result<()> {
    let path = path.to_owned();
    blocking(move || {
        let mut attempt = 0;
        loop {
            attempt += 1;
            match fs::remove_dir_all(&path) {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => return Ok(()),
                Err(error)
                    if attempt < REMOVAL_ATTEMPTS
                        && matches!(
                            error.kind(),
                            io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty
                        ) => {}
                Err(error) => return Err(HostError::file("remove", path)(error)),
            }
        }
    })
    .await
}

/// Does something that may block, away from the tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(HostError::ShuttingDown),
        },
    }
}
