//! Things that are made once for all and then only read: whole or not at all, by one process at a time.

use std::{
    ffi::OsString,
    fs::{self, File},
    future::Future,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    error::{Error, Result},
    tree,
};

/// How often it is looked whether the other process is done.
const LOOK: Duration = Duration::from_millis(50);

/// Has `make` make `path`, a file or a directory, unless it is there. `make` is given another path beside it, which is
/// written to disk and renamed afterwards. What a killed process left is cleared.
pub(super) async fn once<F, Fut>(path: &Path, make: F) -> Result<()>
where
    F: FnOnce(PathBuf) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    if path.exists() {
        return Ok(());
    }
    let _lock = lock(&beside(path, ".lock")).await?;
    if path.exists() {
        return Ok(());
    }
    let aside = beside(path, ".new");
    remove(&aside)?;
    let made = match make(aside.clone()).await {
        Ok(()) => publish(&aside, path).await,
        Err(error) => Err(error),
    };
    if made.is_err() {
        remove(&aside)?;
    }
    made
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

/// A lock on the file `path`. The kernel lets go of it when this process dies. The file stays: who waits for it must not wait for another one.
pub(super) async fn lock(path: &Path) -> Result<File> {
    let file = File::options().create(true).append(true).open(path).map_err(Error::file("open", path))?;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            // Polled, because a thread that waits in the kernel could not be called off.
            Err(fs::TryLockError::WouldBlock) => tokio::time::sleep(LOOK).await,
            Err(fs::TryLockError::Error(error)) => return Err(Error::file("lock", path)(error)),
        }
    }
}

async fn publish(aside: &Path, path: &Path) -> Result<()> {
    let (from, to) = (aside.to_owned(), path.to_owned());
    let published = tokio::task::spawn_blocking(move || {
        sync(&from)?;
        fs::rename(&from, &to)
    });
    published.await.map_err(io::Error::from).flatten().map_err(Error::file("publish", path))
}

fn sync(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            sync(&entry?.path())?;
        }
    }
    File::open(path)?.sync_all()
}

fn remove(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => tree::remove(path),
        Ok(_) => fs::remove_file(path).map_err(Error::file("remove", path)),
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_want_it_make_it_once() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let count = AtomicUsize::new(0);
        let make = |aside: PathBuf| {
            count.fetch_add(1, Ordering::Relaxed);
            async move { fs::write(&aside, "whole").map_err(Error::file("write", aside)) }
        };
        let (first, second, third) = tokio::join!(once(&path, make), once(&path, make), once(&path, make));
        first.and(second).and(third).unwrap();
        assert_eq!((count.into_inner(), fs::read_to_string(&path).unwrap()), (1, String::from("whole")));
    }

    #[tokio::test]
    async fn what_failed_or_was_killed_leaves_nothing_to_be_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("dir");
        fs::create_dir(dir.path().join("dir.new")).unwrap();
        fs::write(dir.path().join("dir.new/half"), "").unwrap();
        let failing = async |aside: PathBuf| {
            assert!(!aside.exists());
            fs::create_dir(&aside).map_err(Error::file("create", &aside))?;
            Err(Error::malformed(&aside))
        };
        once(&path, failing).await.unwrap_err();
        assert!(!path.exists() && !dir.path().join("dir.new").exists());
        once(&path, async |aside: PathBuf| fs::create_dir(&aside).map_err(Error::file("create", &aside)))
            .await
            .unwrap();
        assert!(path.is_dir());
    }
}
