//! Removing and measuring trees that were written by a capsule, and so may be as odd as it likes.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, openat, openat2, statat},
    io::Errno,
};

use crate::error::{Error, Result};

/// Beyond this length of path, a directory is moved up before it is emptied, since the kernel takes no path of more
/// than 4,096 bytes.
const LONG: usize = 2_048;

/// Removes `path` and everything below it, at any depth. Nothing there is no error, and somebody else who does the
/// same meanwhile is none either.
pub(crate) fn remove(path: &Path) -> Result<()> {
    // Directories wait here until they are empty: found first, removed last.
    let mut found = vec![path.to_owned()];
    let mut moved = 0_usize;
    let mut next = 0;
    while next < found.len() {
        let directory = found[next].clone();
        next += 1;
        unless_gone(empty(&directory, path, &mut found, &mut moved))
            .map_err(Error::file("remove", &directory))?;
    }
    for directory in found.iter().rev() {
        unless_gone(fs::remove_dir(directory)).map_err(Error::file("remove", directory))?;
    }
    Ok(())
}

/// Removes the files of `directory` and adds its directories to `found`, moved to `top` when they are far down.
fn empty(directory: &Path, top: &Path, found: &mut Vec<PathBuf>, moved: &mut usize) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        let mut path = entry.path();
        if !entry.file_type()?.is_dir() {
            unless_gone(fs::remove_file(&path))?;
            continue;
        }
        if path.as_os_str().len() > top.as_os_str().len() + LONG {
            let nearer = top.join(format!(".removing-{moved}"));
            *moved += 1;
            fs::rename(&path, &nearer)?;
            path = nearer;
        }
        found.push(path);
    }
    Ok(())
}

fn unless_gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// The bytes that the tree at `path` takes on its disk; files with several names count once. What changes or vanishes
/// meanwhile is counted as it is met, and links are never followed, so that a running capsule cannot lead this astray.
pub(crate) fn disk_usage(path: &Path) -> Result<u64> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let failed = |error: Errno| Error::file("measure", path)(error);
    let top = openat(CWD, path, flags, Mode::empty()).map_err(failed)?;
    let mut total = blocks(&fstat(&top).map_err(failed)?);
    let mut seen = HashSet::new();
    let mut waiting = vec![OsString::from(".")];
    while let Some(name) = waiting.pop() {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let Ok(directory) = openat2(&top, name.as_os_str(), flags, Mode::empty(), resolve) else { continue };
        let Ok(entries) = Dir::read_from(&directory) else { continue };
        for entry in entries.flatten().filter(|entry| !matches!(entry.file_name().to_bytes(), b"." | b"..")) {
            let Ok(stat) = statat(&directory, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW) else { continue };
            let is_directory = FileType::from_raw_mode(stat.st_mode) == FileType::Directory;
            if is_directory {
                let mut below = name.clone();
                below.push("/");
                below.push(OsStr::from_bytes(entry.file_name().to_bytes()));
                waiting.push(below);
            }
            if is_directory || stat.st_nlink < 2 || seen.insert(stat.st_ino) {
                total += blocks(&stat);
            }
        }
    }
    Ok(total)
}

fn blocks(stat: &Stat) -> u64 {
    u64::try_from(stat.st_blocks).unwrap_or(0) * 512
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_tree_is_removed_whatever_is_in_it() {
        let top = tempfile::tempdir().unwrap();
        let tree = top.path().join("tree");
        fs::create_dir_all(tree.join("a/b")).unwrap();
        fs::write(tree.join("a/b/file"), "x").unwrap();
        fs::set_permissions(tree.join("a/b"), fs::Permissions::from_mode(0o000)).unwrap();
        std::os::unix::fs::symlink("/etc", tree.join("a/link")).unwrap();
        remove(&tree).unwrap();
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 0);
        assert!(Path::new("/etc").is_dir());
        remove(&tree).unwrap();
    }

    #[test]
    fn a_tree_deeper_than_any_path_is_removed() {
        let top = tempfile::tempdir().unwrap();
        let tree = top.path().join("tree");
        fs::create_dir(&tree).unwrap();
        let name = "d".repeat(200);
        let mut at = rustix::fs::open(&tree, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap();
        for _ in 0..200 {
            rustix::fs::mkdirat(&at, name.as_str(), Mode::RWXU).unwrap();
            at = openat(&at, name.as_str(), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).unwrap();
        }
        remove(&tree).unwrap();
        assert!(!tree.exists());
    }

    #[test]
    fn hard_links_and_holes_take_no_space() {
        let top = tempfile::tempdir().unwrap();
        let empty = disk_usage(top.path()).unwrap();
        fs::write(top.path().join("file"), vec![7; 1 << 20]).unwrap();
        fs::hard_link(top.path().join("file"), top.path().join("again")).unwrap();
        let holes = fs::File::create(top.path().join("holes")).unwrap();
        holes.set_len(1 << 30).unwrap();
        std::os::unix::fs::symlink("/usr", top.path().join("link")).unwrap();
        rustix::fs::sync();
        let used = disk_usage(top.path()).unwrap() - empty;
        assert!((1 << 20..2 << 20).contains(&used), "{used}");
    }
}
