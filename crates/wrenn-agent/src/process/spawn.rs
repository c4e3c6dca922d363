//! Starts a program as a user, in a session of its own, on pipes or on a terminal.
#![expect(unsafe_code, reason = "what a child does between fork and exec is unsafe to set up")]

use std::{
    collections::BTreeMap,
    ffi::OsString,
    io,
    os::{fd::OwnedFd, unix::process::CommandExt as _},
    path::PathBuf,
    process::{Command, Stdio},
    sync::Arc,
};

use rustix::{
    fs::{Gid, Mode, OFlags, Uid},
    pipe::{PipeFlags, pipe_with},
    process::{Resource, Rlimit, getrlimit, ioctl_tiocsctty, setrlimit, setsid},
    thread::{set_thread_gid, set_thread_groups, set_thread_uid},
};
use tokio::net::unix::pipe;

use super::{
    children::{Child, Children, Exit},
    input::Inlet,
    log::Source,
    pump::Outlet,
    terminal::{Size, Terminal},
};
use crate::users::User;

/// Everything about a process to start, checked.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) program: OsString,
    pub(super) args: Vec<OsString>,
    pub(super) variables: BTreeMap<OsString, OsString>,
    pub(super) directory: PathBuf,
    pub(super) user: User,
    pub(super) terminal: Option<Size>,
    /// Whether input can be sent.
    pub(super) has_stdin: bool,
}

/// A process that was started, with what leads to and from it.
#[derive(Debug)]
pub(super) struct Spawned {
    pub(super) child: Child,
    pub(super) exit: Exit,
    pub(super) inlet: Inlet,
    pub(super) outlets: Vec<(Source, Outlet)>,
    pub(super) terminal: Option<Arc<Terminal>>,
}

/// At which step a start failed.
#[derive(Debug)]
pub(super) enum SpawnError {
    /// There is nothing to start it with: descriptors, processes, memory.
    Resources(io::Error),
    /// Becoming the user.
    Identity(io::Error),
    /// Entering the directory.
    Directory(io::Error),
    /// Running the program.
    Program(io::Error),
}

/// The child tells its parent one number only, so the step is added to the error's.
const IDENTITY_STEP: i32 = 10_000;
const DIRECTORY_STEP: i32 = 20_000;

/// In a shortage of memory the kernel shall take what users run, not the agent.
const OOM_SCORE: &[u8] = b"500";

impl Plan {
    /// Starts it.
    pub(super) fn spawn(self, children: &Children) -> Result<Spawned, SpawnError> {
        match self.terminal {
            Some(size) => self.spawn_on_terminal(size, children),
            None => self.spawn_on_pipes(children),
        }
    }

    fn spawn_on_pipes(self, children: &Children) -> Result<Spawned, SpawnError> {
        let (stdout, child_stdout) = outlet().map_err(SpawnError::Resources)?;
        let (stderr, child_stderr) = outlet().map_err(SpawnError::Resources)?;
        let (inlet, child_stdin) = if self.has_stdin {
            let (reader, writer) =
                pipe_with(PipeFlags::CLOEXEC).map_err(|error| SpawnError::Resources(error.into()))?;
            let sender = pipe::Sender::from_owned_fd(writer).map_err(SpawnError::Resources)?;
            (Inlet::Pipe(sender), Stdio::from(reader))
        } else {
            (Inlet::Closed, Stdio::null())
        };
        let (child, exit) = self.run([child_stdin, child_stdout.into(), child_stderr.into()], children)?;
        let outlets = vec![(Source::Stdout, Outlet::Pipe(stdout)), (Source::Stderr, Outlet::Pipe(stderr))];
        Ok(Spawned { child, exit, inlet, outlets, terminal: None })
    }

    fn spawn_on_terminal(self, size: Size, children: &Children) -> Result<Spawned, SpawnError> {
        let (terminal, device) = Terminal::open(size, &self.user).map_err(SpawnError::Resources)?;
        let copy = || device.try_clone().map(Stdio::from).map_err(SpawnError::Resources);
        let stdio = [copy()?, copy()?, Stdio::from(device)];
        let (child, exit) = self.run(stdio, children)?;
        let terminal = Arc::new(terminal);
        let outlets = vec![(Source::Pty, Outlet::Terminal(Arc::clone(&terminal)))];
        Ok(Spawned {
            child,
            exit,
            inlet: Inlet::Terminal(Arc::clone(&terminal)),
            outlets,
            terminal: Some(terminal),
        })
    }

    fn run(
        self,
        [stdin, stdout, stderr]: [Stdio; 3],
        children: &Children,
    ) -> Result<(Child, Exit), SpawnError> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().envs(&self.variables).stdin(stdin).stdout(stdout).stderr(stderr);
        let prepare = self.preparation();
        // SAFETY: the closure runs in the child after fork and makes nothing but system calls on what was set up
        // before; it neither allocates nor takes locks.
        unsafe { command.pre_exec(prepare) };
        children.spawn(|| command.spawn().map(|child| child.id())).map_err(SpawnError::from_io)
    }

    /// What the child does before it runs the program.
    fn preparation(&self) -> impl FnMut() -> io::Result<()> + Send + Sync + 'static {
        let is_root = rustix::process::geteuid().is_root();
        let has_terminal = self.terminal.is_some();
        let (uid, gid) = (Uid::from_raw(self.user.uid), Gid::from_raw(self.user.gid));
        let groups: Vec<Gid> = self.user.groups.iter().map(|gid| Gid::from_raw(*gid)).collect();
        let directory = std::ffi::CString::new(self.directory.clone().into_os_string().into_encoded_bytes());
        let files = original_files_limit();
        move || {
            setsid()?;
            if has_terminal {
                ioctl_tiocsctty(rustix::stdio::stdin())?;
            }
            setrlimit(Resource::Nofile, files)?;
            raise_oom_score();
            let identity = |error: rustix::io::Errno| step(IDENTITY_STEP, error);
            if is_root {
                set_thread_groups(&groups).map_err(identity)?;
                set_thread_gid(gid).map_err(identity)?;
                set_thread_uid(uid).map_err(identity)?;
            }
            let Ok(directory) = &directory else { return Err(io::Error::from_raw_os_error(libc::EINVAL)) };
            rustix::process::chdir(directory.as_c_str()).map_err(|error| step(DIRECTORY_STEP, error))
        }
    }
}

impl SpawnError {
    fn from_io(error: io::Error) -> Self {
        let number = error.raw_os_error().unwrap_or_default();
        if number > DIRECTORY_STEP {
            return Self::Directory(io::Error::from_raw_os_error(number - DIRECTORY_STEP));
        }
        if number > IDENTITY_STEP {
            return Self::Identity(io::Error::from_raw_os_error(number - IDENTITY_STEP));
        }
        match number {
            libc::EAGAIN | libc::ENOMEM | libc::EMFILE | libc::ENFILE => Self::Resources(error),
            _ => Self::Program(error),
        }
    }
}

fn step(step: i32, error: rustix::io::Errno) -> io::Error {
    io::Error::from_raw_os_error(step + error.raw_os_error())
}

/// A pipe out of the child: our end, which does not block, and the child's, which does.
fn outlet() -> io::Result<(pipe::Receiver, OwnedFd)> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    Ok((pipe::Receiver::from_owned_fd(reader)?, writer))
}

/// Best effort: a capsule without `/proc` has no such file.
fn raise_oom_score() {
    if let Ok(file) =
        rustix::fs::open(c"/proc/self/oom_score_adj", OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty())
    {
        rustix::io::write(&file, OOM_SCORE).ok();
    }
}

/// The limit on open files that this process was started with. The agent raises its own; programs expect the usual.
fn original_files_limit() -> Rlimit {
    static ORIGINAL: std::sync::OnceLock<Rlimit> = std::sync::OnceLock::new();
    *ORIGINAL.get_or_init(|| getrlimit(Resource::Nofile))
}

/// Lets this process have as many files open as it may; those it starts keep the limit as it was.
pub(crate) fn raise_files_limit() {
    let original = original_files_limit();
    setrlimit(Resource::Nofile, Rlimit { current: original.maximum, maximum: original.maximum }).ok();
}
