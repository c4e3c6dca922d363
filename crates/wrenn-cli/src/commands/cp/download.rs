//! From a capsule to this machine.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use tempfile::NamedTempFile;
use wrenn::{Capsule, FileEntry, FileType};

use super::place::{Place, join, name};
use crate::{
    error::{CliError, Result},
    output::progress,
};

/// Files that are on their way at a time.
const AT_A_TIME: usize = 4;

/// Copies a file or a directory.
pub(crate) async fn run(capsule: &Capsule, path: &str, local: &Place, quiet: bool) -> Result<()> {
    let Place::Local(local) = local else {
        let download = capsule.files().download(path).await?;
        // A progress display would mix with what is printed on the same terminal.
        download.write_to(io::stdout()).await.map_err(closed)?;
        return Ok(());
    };
    let mut entry = capsule.files().stat(path).await?;
    if entry.kind == FileType::Symlink {
        // As `cp` does, the one that is named is followed, those in a directory are copied as links.
        entry = follow(capsule, path, entry).await;
    }
    let target = match local.is_dir() {
        true => local.join(checked(name(path).or(name(&entry.path)).unwrap_or("root"))?),
        false => local.clone(),
    };
    if entry.kind == FileType::Directory {
        return directory(capsule, path, &entry, &target, quiet).await;
    }
    let bar = progress::transfer(path, Some(entry.size), quiet);
    file(capsule, path, entry.mode, &target, &bar).await?;
    bar.finish_and_clear();
    Ok(())
}

/// What a link leads to; the link itself when that cannot be found out.
async fn follow(capsule: &Capsule, path: &str, link: FileEntry) -> FileEntry {
    let followed = capsule.files().stat(&join(path, ".")).await;
    followed.unwrap_or(FileEntry { kind: FileType::File, mode: 0o644, ..link })
}

async fn directory(
    capsule: &Capsule,
    path: &str,
    entry: &FileEntry,
    target: &Path,
    quiet: bool,
) -> Result<()> {
    let bar = progress::transfer(path, Some(0), quiet);
    fs::create_dir_all(target)
        .map_err(|error| CliError::from(error).context(format!("cannot make {}", target.display())))?;
    let mut modes = vec![(target.to_owned(), entry.mode)];
    let mut files = Vec::new();
    let mut pending = vec![(path.to_owned(), target.to_owned())];
    while let Some((path, target)) = pending.pop() {
        for entry in capsule.files().list(&path).await? {
            let (path, target) = (join(&path, &entry.name), target.join(checked(&entry.name)?));
            let failed = |error| CliError::from(error).context(format!("cannot make {}", target.display()));
            match entry.kind {
                FileType::Directory => {
                    match fs::create_dir(&target) {
                        Err(error)
                            if error.kind() == io::ErrorKind::AlreadyExists && is_real_dir(&target) => {}
                        outcome => outcome.map_err(failed)?,
                    }
                    modes.push((target.clone(), entry.mode));
                    pending.push((path, target));
                }
                FileType::Symlink => {
                    let to = points_to(capsule, &path).await?;
                    link(&to, &target).map_err(failed)?;
                }
                FileType::File => {
                    bar.inc_length(entry.size);
                    files.push((path, entry.mode, target));
                }
            }
        }
    }
    let transfers = files.into_iter().map(|(path, mode, target)| {
        let bar = bar.clone();
        async move { file(capsule, &path, mode, &target, &bar).await }
    });
    stream::iter(transfers).buffer_unordered(AT_A_TIME).try_collect::<()>().await?;
    for (directory, mode) in modes.into_iter().rev() {
        fs::set_permissions(&directory, fs::Permissions::from_mode(mode & 0o777))?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Copies one file; at its place is the whole of it or what was there before.
async fn file(capsule: &Capsule, path: &str, mode: u32, target: &Path, bar: &ProgressBar) -> Result<()> {
    let download = capsule.files().download(path).await?;
    let failed = |error| CliError::from(error).context(format!("cannot write {}", target.display()));
    if fs::metadata(target).is_ok_and(|metadata| !metadata.is_file()) {
        // A device or a pipe stays what it is.
        let device = OpenOptions::new().write(true).open(target).map_err(failed)?;
        download.write_to(Counted { to: device, bar: bar.clone() }).await?;
        return Ok(());
    }
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let partial = NamedTempFile::with_prefix_in(".wrenn-", dir).map_err(failed)?;
    let writer: File = partial.as_file().try_clone()?;
    download.write_to(Counted { to: writer, bar: bar.clone() }).await?;
    partial.as_file().set_permissions(fs::Permissions::from_mode(mode & 0o777))?;
    partial.persist(target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// What a link holds, exactly; a listing tells only where it leads.
async fn points_to(capsule: &Capsule, path: &str) -> Result<String> {
    let output = capsule.commands().exec("readlink").args(["--zero", "--", path]).await?;
    match output.stdout.trim_end_matches('\0') {
        to if output.success() && !to.is_empty() => Ok(to.to_owned()),
        _ => Err(CliError::new(format!(
            "cannot read the link {path} in the capsule: {}",
            output.stderr.trim()
        ))),
    }
}

fn link(to: &str, target: &Path) -> io::Result<()> {
    if fs::symlink_metadata(target).is_ok_and(|metadata| !metadata.is_dir()) {
        fs::remove_file(target)?;
    }
    symlink(to, target)
}

/// A capsule may hold anything; a name in it must not lead out of the directory that is copied to, and a link that was
/// there before must not either.
fn checked(name: &str) -> Result<&str> {
    match PathBuf::from(name).components().collect::<Vec<_>>().as_slice() {
        [std::path::Component::Normal(only)] if only.to_str() == Some(name) => Ok(name),
        _ => Err(CliError::new(format!("the capsule has a file with the impossible name {name:?}"))),
    }
}

fn is_real_dir(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// A closed standard output is no failure to talk about.
fn closed(error: wrenn::Error) -> CliError {
    match error {
        wrenn::Error::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe => source.into(),
        error => error.into(),
    }
}

/// Tells a progress display of each piece.
struct Counted<W> {
    to: W,
    bar: ProgressBar,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.to.write(bytes)?;
        self.bar.inc(length as u64);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
