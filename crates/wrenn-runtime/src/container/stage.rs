//! Puts a capsule's root file system together, in a mount namespace of the calling thread.
#![expect(unsafe_code, reason = "leaving a namespace and mapping a mount's ids have no safe wrapper")]

use std::{
    fs,
    os::fd::{AsRawFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, CWD, Mode, OFlags, open},
    mount::{
        FsMountFlags, FsOpenFlags, MountAttrFlags, MountFlags, MountPropagationFlags, MoveMountFlags,
        OpenTreeFlags, fsconfig_create, fsconfig_set_flag, fsconfig_set_string, fsmount, fsopen, mount,
        mount_change, move_mount, open_tree,
    },
    thread::{UnshareFlags, unshare_unsafe},
};

use super::user_namespace;
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
};

/// What the OCI runtime is pointed at. The paths are valid in this thread's mount namespace, and everybody may search
/// them: the engine looks at them with the capsule's ids, which may not enter the capsule's directory.
#[derive(Debug)]
pub(super) struct Staged {
    /// The root file system.
    pub(super) root: PathBuf,
    /// The agent.
    pub(super) agent: PathBuf,
    /// The counter of kills for want of memory.
    pub(super) memory_events: PathBuf,
    /// What `/sys` shows: the interfaces of the calling thread's network namespace.
    pub(super) sys: PathBuf,
}

/// Leaves the host's mount namespace for good, so the thread must end after its work, and mounts everything over
/// the directory `stage`.
pub(super) fn stage(
    spec: &CapsuleSpec,
    upper: &Path,
    work: &Path,
    agent: &Path,
    memory_events: &Path,
    stage: &Path,
) -> Result<Staged> {
    let namespace = user_namespace::mapped(spec.first_id)?;
    // SAFETY: concerns this thread alone, which shares no open files with it that others rely on being shared.
    unsafe { unshare_unsafe(UnshareFlags::FS | UnshareFlags::NEWNS) }
        .map_err(Error::system("leave the host's mount namespace"))?;
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
        .map_err(Error::system("keep mounts from the host"))?;

    // Everything is opened in the new namespace, which overlays insist on, and before the stage may cover it.
    let upper = open_directory(upper)?;
    let work = open_directory(work)?;
    let layers =
        spec.layers.iter().map(|layer| clone_mapped(layer, &namespace)).collect::<Result<Vec<_>>>()?;
    let agent = clone_mount(agent)?;
    let memory_events = clone_mount(memory_events)?;
    mount("capsule", stage, "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, Some(c"mode=755,size=64k"))
        .map_err(Error::file("mount a file system on", stage))?;

    let staged = Staged {
        root: stage.join("root"),
        agent: stage.join("agent"),
        memory_events: stage.join("memory-events"),
        sys: stage.join("sys"),
    };
    for (file, place) in [(&agent, &staged.agent), (&memory_events, &staged.memory_events)] {
        fs::write(place, "").map_err(Error::file("create", place))?;
        attach(file, place)?;
    }
    fs::create_dir(&staged.sys).map_err(Error::file("create", &staged.sys))?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("sysfs", &staged.sys, "sysfs", flags, None)
        .map_err(Error::file("mount a file system on", &staged.sys))?;
    for (number, layer) in layers.iter().enumerate() {
        // Older kernels build an overlay only on mounts that are attached somewhere.
        let place = stage.join(format!("layer{number}"));
        fs::create_dir(&place).map_err(Error::file("create", &place))?;
        attach(layer, &place)?;
    }
    fs::create_dir(&staged.root).map_err(Error::file("create", &staged.root))?;
    let overlay = overlay(&layers, &upper, &work).map_err(Error::system("mount the capsule's overlay"))?;
    attach(&overlay, &staged.root)?;
    Ok(staged)
}

/// Mounts the layers and the private one as one tree. Directories are named by open files, since the kernel limits
/// the length of a name here.
fn overlay(layers: &[OwnedFd], upper: &OwnedFd, work: &OwnedFd) -> rustix::io::Result<OwnedFd> {
    let name = |directory: &OwnedFd| format!("/proc/self/fd/{}", directory.as_raw_fd());
    let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
    let one_by_one =
        layers.iter().try_for_each(|layer| fsconfig_set_string(&context, "lowerdir+", name(layer)));
    let context = match one_by_one {
        Ok(()) => context,
        // Kernels before 6.8 take them only all at once.
        Err(rustix::io::Errno::INVAL) => {
            let context = fsopen("overlay", FsOpenFlags::FSOPEN_CLOEXEC)?;
            let all: Vec<String> = layers.iter().map(name).collect();
            fsconfig_set_string(&context, "lowerdir", all.join(":"))?;
            context
        }
        Err(error) => return Err(error),
    };
    fsconfig_set_string(&context, "source", "capsule")?;
    fsconfig_set_string(&context, "upperdir", name(upper))?;
    fsconfig_set_string(&context, "workdir", name(work))?;
    // Directories of a layer can be renamed, as programs expect.
    fsconfig_set_string(&context, "redirect_dir", "on")?;
    fsconfig_set_string(&context, "metacopy", "off")?;
    // A capsule does not outlive the machine, so nothing is gained by waiting for the disk; least of all by a sync
    // of the whole disk when the capsule ends.
    fsconfig_set_flag(&context, "volatile")?;
    fsconfig_create(&context)?;
    fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, MountAttrFlags::MOUNT_ATTR_NODEV)
}

/// A private copy of the mount of `layer` in which the ids are those of `namespace`.
fn clone_mapped(layer: &Path, namespace: &OwnedFd) -> Result<OwnedFd> {
    let tree = clone_mount(layer)?;
    set_mapping(&tree, namespace).map_err(Error::file("map the ids of", layer))?;
    Ok(tree)
}

fn clone_mount(path: &Path) -> Result<OwnedFd> {
    let flags = OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC;
    open_tree(CWD, path, flags).map_err(Error::file("open", path))
}

fn attach(tree: &OwnedFd, place: &Path) -> Result<()> {
    move_mount(tree, "", CWD, place, MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH)
        .map_err(Error::file("mount on", place))
}

fn open_directory(path: &Path) -> Result<OwnedFd> {
    open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
        .map_err(Error::file("open", path))
}

/// The kernel's `struct mount_attr`.
#[repr(C)]
struct MountAttr {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

const MOUNT_ATTR_RDONLY: u64 = 0x1;
const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;

fn set_mapping(tree: &OwnedFd, namespace: &OwnedFd) -> std::io::Result<()> {
    let attributes = MountAttr {
        set: MOUNT_ATTR_RDONLY | MOUNT_ATTR_IDMAP,
        clear: 0,
        propagation: 0,
        user_namespace: u64::from(namespace.as_raw_fd().unsigned_abs()),
    };
    // SAFETY: the path is a string, the attributes live through the call and have the size that is passed.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            AtFlags::EMPTY_PATH.bits(),
            &raw const attributes,
            size_of::<MountAttr>(),
        )
    };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
