//! Puts the root filesystem together and moves into it.

use std::{
    ffi::CString,
    fs, io,
    os::{
        fd::OwnedFd,
        unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, chown},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags, open},
    mount::{MountFlags, mount, mount_move},
};

use super::{drives::Drives, error::BootError, mounts};

const ROOT: &str = "/root";
const PRIVATE: &str = "/private";

/// Mounts the images and the private disk as one tree, and makes that the root of all that runs from now on. Returns
/// the private disk's own root.
pub(super) fn assemble(drives: &Drives) -> Result<OwnedFd, BootError> {
    let mut lower = Vec::new();
    for (number, device) in drives.layers.iter().enumerate() {
        // Short, since all of them have to fit in one page of options.
        let at = format!("/{number}");
        mount_disk(device, &at, "erofs", MountFlags::RDONLY, c"")?;
        lower.push(at);
    }
    // Room that is not used any more goes back to the host.
    mount_disk(&drives.private, PRIVATE, "ext4", MountFlags::NOATIME, c"discard")?;
    let private = open(PRIVATE, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        .map_err(BootError::at("open the private disk"))?;
    overlay(&lower)?;
    mounts::complete(Path::new(ROOT))?;
    enter().map_err(BootError::at("move into the root filesystem"))?;
    Ok(private)
}

fn mount_disk(
    device: &Path,
    at: &str,
    kind: &str,
    flags: MountFlags,
    options: &std::ffi::CStr,
) -> Result<(), BootError> {
    fs::create_dir_all(at)
        .and_then(|()| Ok(mount(device, at, kind, flags, Some(options))?))
        .map_err(BootError::at(format!("mount {} ({kind}) on {at}", device.display())))
}

fn overlay(lower: &[String]) -> Result<(), BootError> {
    let upper = PathBuf::from(PRIVATE).join("upper");
    let work = PathBuf::from(PRIVATE).join("work");
    let prepared = prepare(&upper, Path::new(&lower[0])).and_then(|()| fs::create_dir_all(&work));
    prepared.map_err(BootError::at("prepare the private disk"))?;
    let options = format!(
        "lowerdir={},upperdir={},workdir={},redirect_dir=on",
        lower.join(":"),
        upper.display(),
        work.display()
    );
    let mounted = CString::new(options)
        .map_err(io::Error::from)
        .and_then(|options| fs::create_dir_all(ROOT).map(|()| options))
        .and_then(|options| Ok(mount("overlay", ROOT, "overlay", MountFlags::NOATIME, Some(&*options))?));
    mounted.map_err(BootError::at("mount the root filesystem"))
}

/// The root directory itself is the private layer's, so it has to look like the layer's below.
fn prepare(upper: &Path, like: &Path) -> io::Result<()> {
    if upper.exists() {
        return Ok(());
    }
    let like = fs::metadata(like)?;
    fs::DirBuilder::new().mode(0o755).create(upper)?;
    chown(upper, Some(like.uid()), Some(like.gid()))?;
    fs::set_permissions(upper, fs::Permissions::from_mode(like.mode() & 0o7777))
}

/// What was the root before is covered for good.
fn enter() -> io::Result<()> {
    std::env::set_current_dir(ROOT)?;
    mount_move(".", "/")?;
    rustix::process::chroot(".")?;
    std::env::set_current_dir("/")
}
