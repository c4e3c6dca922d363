//! Starts QEMU.
#![expect(unsafe_code, reason = "a thread leaves its namespaces, and privileges go between fork and exec")]

use std::{
    fs::{File, OpenOptions},
    io,
    os::{
        fd::OwnedFd,
        unix::{fs::OpenOptionsExt, process::CommandExt},
    },
    path::Path,
    process::{Child, Command},
};

use rustix::{
    fs::{Mode, OFlags, open},
    thread::{UnshareFlags, unshare_unsafe},
};

use super::{
    arguments::{self, Files, INITRAMFS, KERNEL, KVM, Kernel, Line, RAM, Shape},
    confine::Confinement,
    inherit::Inherited,
    injector::{self, Injector},
    jail,
};
use crate::{
    cgroup::Group,
    error::{Error, Result},
    microvm::{machine::Accelerator, paths::Paths},
    process::Process,
    socket,
};

/// Everything that a QEMU process is started with.
pub(in crate::microvm) struct Launch<'a> {
    pub(in crate::microvm) program: &'a Path,
    /// An empty directory, over which the process's root directory is mounted, in its own mount namespace.
    pub(in crate::microvm) jail: &'a Path,
    pub(in crate::microvm) accelerator: Accelerator,
    pub(in crate::microvm) vcpus: u32,
    pub(in crate::microvm) memory_mb: u32,
    /// Its directory, in which the private disk and the file below its memory are.
    pub(in crate::microvm) paths: &'a Paths,
    /// The images of its layers, uppermost first.
    pub(in crate::microvm) layers: &'a [std::path::PathBuf],
    /// What it boots, or none to be restored.
    pub(in crate::microvm) kernel: Option<&'a Kernel>,
    /// The saved state of devices that it is going to load.
    pub(in crate::microvm) state: Option<&'a Path>,
    pub(in crate::microvm) tap: &'a OwnedFd,
    pub(in crate::microvm) group: &'a Group,
    /// The longest that its disk may become, in bytes.
    pub(in crate::microvm) longest_file: u64,
}

/// A QEMU that was started.
#[derive(Debug, Clone)]
pub(in crate::microvm) struct Started {
    pub(in crate::microvm) process: Process,
    /// Under which number it has the state that it is going to load.
    pub(in crate::microvm) state: Option<i32>,
}

/// Starts QEMU and returns when it has its memory. It waits to be told to run, or what to load.
pub(in crate::microvm) fn launch(launch: &Launch<'_>) -> Result<Started> {
    let started = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name(String::from("qemu-start"));
        let thread = thread.spawn_scoped(scope, || start(launch)).map_err(Error::system("start a thread"))?;
        thread
            .join()
            .unwrap_or_else(|_| Err(Error::system("start QEMU")(io::Error::other("the thread panicked"))))
    });
    let (child, state) = started?;
    let process = Process::now(i32::try_from(child.id()).unwrap_or(i32::MAX));
    reap(child);
    Ok(Started { process: process?, state })
}

/// Runs in a thread of its own, which leaves most namespaces and so is of no further use.
fn start(launch: &Launch<'_>) -> Result<(Child, Option<i32>)> {
    let paths = launch.paths;
    let disk = open_file(OpenOptions::new().read(true).write(true), &paths.disk())?;
    let log = open_file(OpenOptions::new().append(true).create(true).mode(0o600), &paths.log())?;
    let ram: OwnedFd = open_file(OpenOptions::new().read(true), &paths.ram())?.into();
    let read = |path: &Path| open_file(OpenOptions::new().read(true), path);
    let state = launch.state.map(read).transpose()?;
    let layers = launch.layers.iter().map(|layer| read(layer)).collect::<Result<Vec<_>>>()?;
    let kvm = match launch.accelerator {
        Accelerator::Tcg => None,
        Accelerator::Kvm => {
            Some(OwnedFd::from(open_file(OpenOptions::new().read(true).write(true), Path::new(KVM))?))
        }
    };
    // Its root directory has no device to open.
    let null = open_file(OpenOptions::new().read(true), Path::new("/dev/null"))?;
    let nothing = open_file(OpenOptions::new().write(true), Path::new("/dev/null"))?;
    let listen = |path: &Path| socket::listen(path).map_err(Error::file("listen on", path));
    let (monitor, agent) = (listen(&paths.monitor())?, listen(&paths.agent())?);

    let shape = Shape { accelerator: launch.accelerator, vcpus: launch.vcpus, memory_mb: launch.memory_mb };
    let files = Files {
        state: state.as_ref(),
        monitor: &monitor,
        agent: &agent,
        tap: launch.tap,
        disk: &disk,
        layers: &layers,
    };
    let Line { arguments, inherited, state } = arguments::line(shape, launch.kernel, &files)?;
    let confinement = Confinement {
        group: launch.group.open_to_join()?,
        proc: open("/proc", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
            .map_err(Error::file("open", "/proc"))?,
        longest_file: launch.longest_file,
    };

    let apart = UnshareFlags::FS
        | UnshareFlags::NEWNS
        | UnshareFlags::NEWPID
        | UnshareFlags::NEWNET
        | UnshareFlags::NEWIPC
        | UnshareFlags::NEWUTS;
    // SAFETY: concerns this thread alone, which shares no open files with it that others rely on being shared.
    unsafe { unshare_unsafe(apart) }.map_err(Error::system("leave the host's namespaces"))?;
    let boot =
        launch.kernel.map(|kernel| [(KERNEL, kernel.image.clone()), (INITRAMFS, kernel.initramfs.clone())]);
    jail::enter(launch.jail, boot.as_ref().map_or(&[][..], |files| &files[..]))?;

    let injector = Injector::new()?;
    let mut command = Command::new(launch.program);
    command.args(arguments).env_clear().stdin(null).stdout(nothing).stderr(log);
    prepare_when_forked(&mut command, inherited, confinement, injector.child()?);
    let mut child = command.spawn().map_err(Error::file("run", launch.program))?;
    let answers: Vec<_> = kvm.iter().map(|kvm| (KVM, kvm)).chain([(RAM, &ram)]).collect();
    if let Err(error) = injector.serve(&answers) {
        let _ = child.kill();
        let _ = child.wait();
        return Err(error);
    }
    Ok((child, state))
}

fn prepare_when_forked(
    command: &mut Command,
    inherited: Inherited,
    confinement: Confinement,
    injector: OwnedFd,
) {
    // SAFETY: between fork and exec only system calls are made, on files that were opened before.
    unsafe {
        command.pre_exec(move || {
            confinement.join()?;
            inherited.keep()?;
            confinement.give_up()?;
            injector::install(&injector)
        });
    }
}

fn open_file(options: &OpenOptions, path: &Path) -> Result<File> {
    options.open(path).map_err(Error::file("open", path))
}

/// Waits for the child's end behind everybody's back, so that nothing is left of it in the table of processes.
fn reap(mut child: Child) {
    let waiting = std::thread::Builder::new().name(String::from("qemu-reap")).stack_size(64 << 10);
    // Without a thread it is left for the end of the server.
    let _ = waiting.spawn(move || child.wait());
}
