//! Removes what all data directories of the machine share, and nobody has used for long: saved machines of templates,
//! kernels and agents that were replaced, and what killed servers were about to make.
//!
//! When a thing was used last is the time of the last change of one of its files, its *mark*.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::file;
use crate::{
    error::{Error, Result},
    tree,
};

/// How long what nobody used is kept: longer than anybody is likely to be away.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// What is still being made after this time never will be.
const MADE: Duration = Duration::from_secs(24 * 3600);

/// Notes that what has this mark is used now.
pub(super) fn touch(mark: &Path) {
    // At worst it is made anew one day.
    if let Err(error) = File::open(mark).and_then(|file| file.set_modified(SystemTime::now())) {
        tracing::debug!(path = %mark.display(), %error, "cannot note that a file is used");
    }
}

/// Removes what is old of the entries of `dir` for which `mark` knows one. Names that begin with a dot or end in `.new` are
/// of things that are being made or removed; locks stay, since who waits for one must not wait for another one.
pub(super) fn sweep(dir: &Path, mark: impl Fn(&Path) -> Option<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let is_aside = name.starts_with('.') || name.ends_with(".new");
        let (mark, limit) = if is_aside { (Some(path.clone()), MADE) } else { (mark(&path), KEPT) };
        let Some(mark) = mark.filter(|_| !name.ends_with(".lock")) else { continue };
        // One without its mark was removed in part.
        let found = fs::metadata(mark).or_else(|_| fs::symlink_metadata(&path));
        let Ok(used) = found.and_then(|found| found.modified()) else { continue };
        if SystemTime::now().duration_since(used).unwrap_or_default() <= limit {
            continue;
        }
        match remove(&path) {
            Ok(()) => tracing::info!(path = %path.display(), "removed what was not used for long"),
            Err(error) => tracing::warn!(%error, "cannot remove what was not used for long"),
        }
    }
}

/// Removes the file or directory. Whoever else looks for it finds all of it or nothing.
pub(super) fn remove(path: &Path) -> Result<()> {
    if !path.is_dir() {
        return file::remove(path);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with('.') {
        return tree::remove(path);
    }
    let aside = path.with_file_name(format!(".{name}.old"));
    tree::remove(&aside)?;
    match fs::rename(path, &aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Error::file("rename", path)(error)),
        Ok(()) => tree::remove(&aside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(path: &Path, days: u64) {
        let then = SystemTime::now() - Duration::from_secs(days * 24 * 3600);
        File::open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn what_was_not_used_for_long_goes_and_all_else_stays() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        for name in ["old", "used", "half", ".young.partial", ".killed.partial"] {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("file"), "").unwrap();
        }
        for (name, days) in [("old", 31), ("used", 31)] {
            fs::write(at(name).join("mark"), "").unwrap();
            age(&at(name).join("mark"), days);
        }
        for name in ["old.lock", ".old.lock", "other", "killed.new"] {
            fs::write(at(name), "").unwrap();
            age(&at(name), 400);
        }
        age(&at("used"), 400);
        age(&at("half"), 31);
        age(&at(".killed.partial"), 2);
        touch(&at("used").join("mark"));
        sweep(dir.path(), |path| path.is_dir().then(|| path.join("mark")));
        let mut left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, [".old.lock", ".young.partial", "old.lock", "other", "used"]);
        sweep(&at("nowhere"), |path| Some(path.to_owned()));
    }
}
