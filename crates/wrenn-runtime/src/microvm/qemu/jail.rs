//! The root directory of QEMU: the system's programs and libraries, and nothing else.

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, FileType, Mode, mkdir, mknodat},
    mount::{
        MountFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags, UnmountFlags, mount, mount_change,
        mount_remount, move_mount, open_tree, unmount,
    },
    process::pivot_root,
};

use crate::error::{Error, Result};

/// What programs of the system may need.
const SYSTEM: [&str; 4] = ["usr", "lib", "lib64", "etc/ld.so.cache"];

/// Makes the directory `place` the root of the calling thread, which must have a mount namespace of its own and end
/// after its work. `files` are there by the names that go with them.
pub(super) fn enter(place: &Path, files: &[(&str, PathBuf)]) -> Result<()> {
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .map_err(Error::system("keep mounts from the host"))?;
    let system = SYSTEM.iter().map(|name| (*name, Path::new("/").join(name)));
    let all: Vec<_> = system.chain(files.iter().map(|(name, path)| (*name, path.clone()))).collect();
    // Before the place is covered.
    let mut opened = Vec::new();
    for (name, path) in &all {
        let Ok(found) = fs::symlink_metadata(path) else { continue };
        let tree = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
        let link = if found.is_symlink() { fs::read_link(path).ok() } else { None };
        let tree = match link {
            Some(_) => None,
            None => Some(open_tree(CWD, path, tree).map_err(Error::file("open", path))?),
        };
        opened.push((place.join(name), found.is_dir(), link, tree));
    }
    mount("qemu", place, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"mode=755,size=64k"))
        .map_err(Error::file("mount a file system on", place))?;
    for (target, is_directory, link, tree) in opened {
        let failed = |error: rustix::io::Errno| Error::file("mount on", &target)(error);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
        }
        if let Some(link) = link {
            symlink(link, &target).map_err(Error::file("create", &target))?;
            continue;
        }
        make(&target, is_directory).map_err(Error::file("create", &target))?;
        let Some(tree) = tree else { continue };
        move_mount(&tree, "", CWD, &target, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH).map_err(failed)?;
        read_only(&target).map_err(failed)?;
    }
    read_only(place).map_err(Error::file("close", place))?;
    std::env::set_current_dir(place).map_err(Error::file("enter", place))?;
    pivot_root(".", ".")
        .and_then(|()| unmount(".", UnmountFlags::DETACH))
        .map_err(Error::system("change the root directory"))?;
    std::env::set_current_dir("/").map_err(Error::file("enter", "/"))
}

/// A directory or an empty file. The file is made without being opened: a program that another thread starts at that moment would
/// have it open for a while, and the place could not be closed.
fn make(target: &Path, is_directory: bool) -> rustix::io::Result<()> {
    let mode = Mode::from_raw_mode(0o755);
    if is_directory { mkdir(target, mode) } else { mknodat(CWD, target, FileType::RegularFile, mode, 0) }
}

fn read_only(place: &Path) -> rustix::io::Result<()> {
    mount_remount(place, MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV, "")
}
