//! Runs the OCI runtime and says why it failed.
#![expect(unsafe_code, reason = "joining a control group happens between fork and exec")]

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::{
        fd::AsRawFd,
        unix::{fs::OpenOptionsExt, net::UnixListener, process::CommandExt},
    },
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, pidfd_open},
};

use super::{paths::Paths, shared::Shared};
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
};

/// How long starting a capsule may take on a machine that has very much else to do.
const LIMIT: Duration = Duration::from_secs(60);
/// The number under which the agent inherits its listening socket: the first that engines pass on.
pub(super) const AGENT_FD: i32 = 3;
/// How much of what was printed is repeated in an error.
const TAIL: usize = 2_000;

/// Starts the capsule and returns the number of its first process. The mounts are those of the calling thread.
pub(super) fn launch(
    shared: &Shared,
    spec: &CapsuleSpec,
    group: Vec<File>,
    listener: UnixListener,
) -> Result<i32> {
    let paths = Paths::of(spec);
    let console = console(&paths.console())?;
    let mut command = Command::new(shared.program.executable());
    command.arg0(shared.program.path()).args(shared.engine.run_arguments(&paths, &spec.id));
    // The engine gives its standard streams to the capsule's root: never a file of the host. Nothing comes in.
    let (stdin, _) = io::pipe().map_err(Error::system("make a pipe"))?;
    command.stdin(stdin);
    command.stdout(console.try_clone().map_err(Error::file("open", paths.console()))?);
    command.stderr(console);
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").current_dir("/");
    prepare_when_forked(&mut command, group, listener);
    let mut child = command.spawn().map_err(Error::file("run", shared.program.path()))?;
    let status = wait(&mut child)?;
    if !status.success() {
        let stderr = tail(&paths.console());
        require_space(&paths.console())?;
        let program = shared.program.path().display().to_string();
        return Err(Error::Program { program, status: status.to_string(), stderr });
    }
    let path = paths.pid_file();
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    text.trim().parse().map_err(|_| Error::malformed(&path))
}

/// The last of what was printed to `path`.
pub(super) fn tail(path: &Path) -> String {
    let text = fs::read(path).unwrap_or_default();
    let text = &text[text.len().saturating_sub(TAIL)..];
    String::from_utf8_lossy(text).trim().to_owned()
}

/// An engine cannot say what is wrong when the disk is so full that its words do not fit either.
fn require_space(console: &Path) -> Result<()> {
    match OpenOptions::new().append(true).open(console).and_then(|mut file| file.write_all(&[b'\n'; 8192])) {
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(Error::file("write", console)(error)),
        _ => Ok(()),
    }
}

fn console(path: &Path) -> Result<File> {
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).map_err(Error::file("create", path))
}

fn prepare_when_forked(command: &mut Command, group: Vec<File>, listener: UnixListener) {
    // SAFETY: between fork and exec only system calls are made, on files that were opened before.
    unsafe {
        command.pre_exec(move || {
            for file in &group {
                check(libc::write(file.as_raw_fd(), c"0".as_ptr().cast(), 1))?;
            }
            check(libc::dup2(listener.as_raw_fd(), AGENT_FD) as isize)?;
            // It may have had that number before, and then it would be closed.
            check(libc::fcntl(AGENT_FD, libc::F_SETFD, 0) as isize)
        });
    }
}

fn check(result: isize) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn wait(child: &mut Child) -> Result<std::process::ExitStatus> {
    let handle = pidfd_open(Pid::from_child(child), PidfdFlags::empty())
        .map_err(Error::system("watch the container runtime"))?;
    let end = Instant::now() + LIMIT;
    loop {
        let left = Timespec::try_from(end.saturating_duration_since(Instant::now()));
        let ready = poll(&mut [PollFd::new(&handle, PollFlags::IN)], left.as_ref().ok());
        match ready {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(0) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(Error::Timeout { action: "starting the container", limit: LIMIT });
            }
            _ => return child.wait().map_err(Error::system("wait for the container runtime")),
        }
    }
}
