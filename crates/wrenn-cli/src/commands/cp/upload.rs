//! From this machine into a capsule.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use futures_util::{StreamExt, TryStreamExt, stream};
use wrenn::{Capsule, FileType};

use super::place::{Place, join};
use crate::{
    error::{CliError, Result},
    output::progress,
};

/// Files that are on their way at a time.
const AT_A_TIME: usize = 4;
/// The most arguments of one command inside.
const BATCH: usize = 200;
/// The mode that an uploaded file has by itself.
const USUAL_MODE: u32 = 0o644;

/// Copies a file, a directory or standard input.
pub(crate) async fn run(capsule: &Capsule, local: &Place, path: &str, quiet: bool) -> Result<()> {
    let Place::Local(local) = local else {
        if path.ends_with('/') {
            return Err(CliError::usage(
                "what comes from standard input needs the name of a file, not a directory",
            ));
        }
        let bar = progress::transfer("standard input", None, quiet);
        capsule.files().upload_reader(bar.wrap_read(io::stdin()), None, path).await?;
        bar.finish_and_clear();
        return Ok(());
    };
    let failed = |error| CliError::from(error).context(format!("cannot read {}", local.display()));
    let metadata = fs::metadata(local).map_err(failed)?;
    let path = destination(capsule, local, path).await?;
    if metadata.is_dir() {
        return directory(capsule, local, &path, quiet).await;
    }
    let length = metadata.is_file().then_some(metadata.len());
    let bar = progress::transfer(&local.to_string_lossy(), length, quiet);
    let file = File::open(local).map_err(failed)?;
    capsule.files().upload_reader(bar.wrap_read(file), length, &path).await?;
    bar.finish_and_clear();
    let mode = metadata.permissions().mode() & 0o777;
    if metadata.is_file() && mode != USUAL_MODE {
        change_modes(capsule, &[(path, mode)]).await?;
    }
    Ok(())
}

/// Where exactly to: below a directory that exists or ends with a slash, else right there.
async fn destination(capsule: &Capsule, local: &Path, path: &str) -> Result<String> {
    let whole = local.canonicalize()?;
    let name = whole.file_name().unwrap_or_default().to_string_lossy();
    if path.ends_with('/') {
        return Ok(join(path, &name));
    }
    match capsule.files().stat(path).await {
        Ok(entry) if entry.kind == FileType::Directory => Ok(join(path, &name)),
        Ok(_) | Err(wrenn::Error::NotFound(_)) => Ok(path.to_owned()),
        Err(error) => Err(error.into()),
    }
}

/// What is in a directory.
#[derive(Default)]
struct Tree {
    directories: Vec<(String, u32)>,
    files: Vec<(PathBuf, String, u64)>,
    links: Vec<(String, PathBuf)>,
    modes: Vec<(String, u32)>,
}

async fn directory(capsule: &Capsule, local: &Path, path: &str, quiet: bool) -> Result<()> {
    let (root, top) = (local.to_owned(), path.to_owned());
    let walk = tokio::task::spawn_blocking(move || {
        let mut tree = Tree::default();
        walk(&root, &top, &mut tree).map(|()| tree)
    });
    let tree = walk.await.map_err(CliError::caused)??;
    let bytes = tree.files.iter().map(|(_, _, length)| length).sum();
    let bar = progress::transfer(&local.to_string_lossy(), Some(bytes), quiet);
    let files = capsule.files();
    for (directory, _) in &tree.directories {
        files.mkdir(directory).await?;
    }
    let transfers = tree.files.into_iter().map(|(local, path, length)| {
        let bar = bar.clone();
        async move {
            let file = File::open(&local);
            let file = file
                .map_err(|error| CliError::from(error).context(format!("cannot open {}", local.display())))?;
            Ok::<_, CliError>(capsule.files().upload_reader(bar.wrap_read(file), Some(length), &path).await?)
        }
    });
    stream::iter(transfers).buffer_unordered(AT_A_TIME).try_collect::<()>().await?;
    for (path, target) in &tree.links {
        let target = target.to_string_lossy();
        succeed(capsule, "ln", vec!["-sfn".into(), "--".into(), target.into_owned(), path.clone()]).await?;
    }
    change_modes(capsule, &tree.modes).await?;
    // Those of directories last: one that may not be written to would refuse its own files.
    let closed: Vec<_> = tree.directories.into_iter().rev().filter(|(_, mode)| *mode != 0o755).collect();
    change_modes(capsule, &closed).await?;
    bar.finish_and_clear();
    Ok(())
}

/// Finds all that is in a directory; parents come before what is in them.
fn walk(local: &Path, path: &str, tree: &mut Tree) -> Result<()> {
    let failed = |error| CliError::from(error).context(format!("cannot read {}", local.display()));
    let mode = fs::metadata(local).map_err(failed)?.permissions().mode() & 0o7777;
    tree.directories.push((path.to_owned(), mode));
    let mut entries =
        fs::read_dir(local).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let local = entry.path();
        let failed = |error| CliError::from(error).context(format!("cannot read {}", local.display()));
        let path = join(path, &entry.file_name().to_string_lossy());
        let metadata = entry.metadata().map_err(failed)?;
        if metadata.is_dir() {
            walk(&local, &path, tree)?;
        } else if metadata.is_symlink() {
            tree.links.push((path, fs::read_link(&local).map_err(failed)?));
        } else if metadata.is_file() {
            let mode = metadata.permissions().mode() & 0o777;
            if mode != USUAL_MODE {
                tree.modes.push((path.clone(), mode));
            }
            tree.files.push((local, path, metadata.len()));
        }
    }
    Ok(())
}

/// Changes the modes of files inside, in as few commands as it takes.
async fn change_modes(capsule: &Capsule, modes: &[(String, u32)]) -> Result<()> {
    let mut sorted = modes.to_vec();
    sorted.sort_by_key(|(_, mode)| *mode);
    for group in sorted.chunk_by(|(_, a), (_, b)| a == b) {
        for batch in group.chunks(BATCH) {
            let mode = format!("{:o}", batch[0].1);
            let paths = batch.iter().map(|(path, _)| path.clone());
            succeed(capsule, "chmod", [mode, "--".into()].into_iter().chain(paths).collect()).await?;
        }
    }
    Ok(())
}

async fn succeed(capsule: &Capsule, command: &str, args: Vec<String>) -> Result<()> {
    let output = capsule.commands().exec(command).args(args).await?;
    if output.success() {
        return Ok(());
    }
    Err(CliError::new(format!("{command} in the capsule failed: {}", output.stderr.trim())))
}
