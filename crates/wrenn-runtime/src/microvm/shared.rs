//! What all operations of one runtime share.

use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Semaphore;

use super::{
    base::Bases, guest::Artifacts, machine::processor, options::MicrovmOptions, qemu::SHAPE, saved::Platform,
    spares::Spares,
};
use crate::{
    cgroup::{Group, Layout, Limits},
    error::{Error, Result},
    lock::Locks,
};

/// QEMU's threads: one for each virtual processor, and helpers for its disks.
const THREADS: u32 = 256;

#[derive(Debug)]
pub(super) struct Shared {
    pub(super) options: MicrovmOptions,
    pub(super) locks: Locks,
    /// The kernel and the initramfs that were used last.
    pub(super) artifacts: Mutex<Option<Artifacts>>,
    pub(super) bases: Bases,
    pub(super) spares: Spares,
    /// More machines that boot at once than this only make each other slower.
    pub(super) boots: Arc<Semaphore>,
    layout: Arc<Layout>,
    /// What the program is and can, with the file that it was then.
    platform: Mutex<(Stamp, Platform)>,
}

impl Shared {
    pub(super) fn new(options: MicrovmOptions) -> Result<Self> {
        for dir in [&options.root, &options.cache] {
            fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(dir)
                .map_err(Error::file("create", dir))?;
        }
        let platform = (stamp(&options.program), platform(&options)?);
        let processors = std::thread::available_parallelism().map_or(2, usize::from);
        let shared = Self {
            locks: Locks::default(),
            artifacts: Mutex::default(),
            bases: Bases::new(bases_dir(&options)?),
            spares: Spares::default(),
            boots: Arc::new(Semaphore::new(processors)),
            layout: Arc::new(Layout::detect()?),
            platform: Mutex::new(platform),
            options,
        };
        for dir in [shared.jail(), shared.spares_dir(), shared.scratch_dir()] {
            fs::create_dir_all(&dir).map_err(Error::file("create", dir))?;
        }
        super::spares::clear_leftovers(&shared)?;
        shared.bases.sweep();
        Artifacts::sweep(&Artifacts::cache());
        Ok(shared)
    }

    /// What a machine that is started now is saved and restored by. QEMU may have been upgraded since the last one.
    pub(super) fn platform(&self) -> Result<Platform> {
        let found = stamp(&self.options.program);
        let mut known = self.platform.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != found {
            *known = (found, platform(&self.options)?);
        }
        Ok(known.1.clone())
    }

    /// The control group of that name.
    pub(super) fn group(&self, name: &str) -> Group {
        Group::new(Arc::clone(&self.layout), &self.options.cgroup_parent, name)
    }

    /// Makes the control group of that name, for a machine of that size.
    pub(super) fn make_group(&self, name: &str, vcpus: u32, memory_mb: u32) -> Result<Group> {
        let group = self.group(name);
        group.create()?;
        let memory_mb = memory_mb + self.options.accelerator.overhead_mb();
        group.limit(Limits { vcpus, memory_bytes: u64::from(memory_mb) << 20, pids: THREADS })?;
        Ok(group)
    }

    /// The greatest length of a private disk, and of any other file that QEMU writes.
    pub(super) fn disk_bytes(&self) -> u64 {
        u64::from(self.options.disk_mb) << 20
    }

    /// Where the root directory of each QEMU is mounted, in its own mount namespace.
    pub(super) fn jail(&self) -> PathBuf {
        self.options.root.join("jail")
    }

    /// Where machines wait to become capsules.
    pub(super) fn spares_dir(&self) -> PathBuf {
        self.options.root.join("spares")
    }

    /// Where machines are that never become capsules.
    pub(super) fn scratch_dir(&self) -> PathBuf {
        self.options.root.join("scratch")
    }
}

/// Does blocking work where that is no harm.
pub(super) async fn blocking<T, F>(work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    crate::blocking::blocking("work on a virtual machine", work).await
}

/// Where the saved machines of templates are: with those of other data directories, unless capsules could not have their
/// memory by names of their own there, and would each have a copy of it.
fn bases_dir(options: &MicrovmOptions) -> Result<PathBuf> {
    let device = |dir: &Path| fs::metadata(dir).map(|found| found.dev()).map_err(Error::file("find", dir));
    let is_near = device(&options.root)? == device(&options.cache)?;
    Ok(if is_near { &options.cache } else { &options.root }.join("bases"))
}

/// What tells a file from one that was put in its place: device, number, size, and time of change.
type Stamp = Option<(u64, u64, u64, i64, i64)>;

fn stamp(path: &Path) -> Stamp {
    let found = fs::metadata(path).ok()?;
    Some((found.dev(), found.ino(), found.size(), found.mtime(), found.mtime_nsec()))
}

fn platform(options: &MicrovmOptions) -> Result<Platform> {
    let accelerator = options.accelerator;
    Ok(Platform { accelerator, qemu: version(options)?, shape: SHAPE, processor: processor(accelerator)? })
}

/// The first line that QEMU prints of itself.
fn version(options: &MicrovmOptions) -> Result<String> {
    let program = &options.program;
    let output = match Command::new(program).arg("--version").output() {
        Ok(output) if output.status.success() => output,
        Ok(output) => {
            return Err(Error::Program {
                program: program.display().to_string(),
                status: output.status.to_string(),
                stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            });
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::ProgramMissing {
                program: program.display().to_string(),
                remedy: String::from("install Debian's package qemu-system-x86"),
            });
        }
        Err(error) => return Err(Error::file("run", program)(error)),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::microvm::Accelerator;

    #[test]
    fn saved_machines_are_on_the_disk_of_the_capsules() {
        let (root, near) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let options = MicrovmOptions::new(root.path(), Accelerator::Tcg, &b""[..]);
        let with =
            |cache: &Path| bases_dir(&MicrovmOptions { cache: cache.to_owned(), ..options.clone() }).unwrap();
        assert_eq!(with(near.path()), near.path().join("bases"));
        assert_eq!(with(Path::new("/proc")), root.path().join("bases"));
    }
}
