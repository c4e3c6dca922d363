//! One process, from its start to its end.

use std::{
    io,
    process::ExitStatus,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use connectrpc::ConnectError;
use futures_util::future::join_all;
use rustix::process::Signal;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};
use wrenn_agent_proto::process::{ProcessConfig, ProcessInfo};

use super::{
    children::{Child, Exit},
    input::Input,
    log::{Log, Reader, Source},
    oom::OomKills,
    pump::{Outlet, pump},
    spawn::Spawned,
    status::End,
    terminal::{Size, Terminal},
};

/// What a process was started with, besides its plan.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) config: ProcessConfig,
    pub(super) tag: Option<String>,
    /// The process is killed after this time.
    pub(super) limit: Option<Duration>,
}

/// A process that was started.
#[derive(Debug)]
pub(super) struct Process {
    pid: u32,
    config: ProcessConfig,
    tag: Option<String>,
    child: Child,
    log: Arc<Log>,
    input: Input,
    /// Weak: the terminal goes when the process has ended, which hangs up whoever is left on it.
    terminal: Option<Weak<Terminal>>,
}

/// The task that follows a process.
#[derive(Debug)]
pub(super) struct Run {
    child: Child,
    exit: Exit,
    log: Arc<Log>,
    outlets: Vec<(Source, Outlet)>,
    limit: Option<Duration>,
}

impl Process {
    pub(super) fn new(spawned: Spawned, request: Request) -> (Arc<Self>, Run) {
        let Spawned { child, exit, inlet, outlets, terminal } = spawned;
        let log = Arc::new(Log::default());
        let process = Self {
            pid: child.id(),
            config: request.config,
            tag: request.tag,
            child: child.clone(),
            log: Arc::clone(&log),
            input: Input::new(inlet),
            terminal: terminal.as_ref().map(Arc::downgrade),
        };
        (Arc::new(process), Run { child, exit, log, outlets, limit: request.limit })
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    pub(super) fn tag(&self) -> Option<&String> {
        self.tag.as_ref()
    }

    pub(super) fn info(&self) -> ProcessInfo {
        ProcessInfo {
            config: self.config.clone().into(),
            pid: self.pid,
            tag: self.tag.clone(),
            ..Default::default()
        }
    }

    pub(super) fn input(&self) -> &Input {
        &self.input
    }

    /// Reads what is kept of the output, and what follows.
    pub(super) fn reader(&self) -> Reader {
        self.log.reader()
    }

    /// Bytes of memory that its output takes.
    pub(super) fn cost(&self) -> usize {
        self.log.cost()
    }

    /// Whether somebody has read its output to the end.
    pub(super) fn is_read(&self) -> bool {
        self.log.is_read()
    }

    /// Signals the process and everything in its process group; on a terminal, a kill also reaches what runs in the
    /// foreground. Whether the process was still there.
    pub(super) fn signal(&self, signal: Signal) -> bool {
        if signal == Signal::KILL
            && let Some(terminal) = self.terminal.as_ref().and_then(Weak::upgrade)
        {
            terminal.signal_foreground(signal);
        }
        self.child.signal(signal)
    }

    pub(super) fn resize(&self, size: Size) -> Result<(), ConnectError> {
        let Some(terminal) = self.terminal.as_ref().and_then(Weak::upgrade) else {
            return Err(ConnectError::failed_precondition("The process has no terminal to resize."));
        };
        terminal
            .resize(size)
            .map_err(|error| ConnectError::internal(format!("The terminal refused the size ({error}).")))
    }

    /// Tells the readers of the end and lets go of the input.
    pub(super) async fn finish(&self, end: End) {
        self.log.finish(end);
        self.input.end().await;
    }
}

impl Run {
    /// Reads the output and waits for the end, whichever takes longer.
    pub(super) async fn until_end(self, oom: &OomKills) -> End {
        let Self { child, exit, log, outlets, limit } = self;
        let (ended, is_ended) = watch::channel(false);
        let pumps = outlets
            .into_iter()
            .map(|(source, outlet)| pump(source, outlet, Arc::clone(&log), is_ended.clone()));
        let reason = Mutex::new(None);
        let exit = async {
            let status = wait(&child, &exit, limit, &reason).await;
            ended.send_replace(true);
            status
        };
        let (status, _) = tokio::join!(exit, join_all(pumps));
        match status {
            Ok(status) => {
                let mut reason = reason.into_inner().unwrap_or_else(PoisonError::into_inner);
                if reason.is_none() && is_kill(status) && oom.explain() {
                    reason = Some(OUT_OF_MEMORY.to_owned());
                }
                End::new(status, reason)
            }
            Err(error) => End {
                code: -1,
                exited: false,
                status: "unknown".to_owned(),
                error: Some(format!("The exit status was lost ({error}).")),
            },
        }
    }
}

/// The reason that goes with a kill by the kernel for want of memory.
const OUT_OF_MEMORY: &str =
    "The capsule ran out of memory and the kernel killed the process; give the capsule more memory.";

async fn wait(
    child: &Child,
    exit: &Exit,
    limit: Option<Duration>,
    reason: &Mutex<Option<String>>,
) -> io::Result<ExitStatus> {
    let Some((limit, deadline)) = limit.and_then(|limit| Some((limit, Instant::now().checked_add(limit)?)))
    else {
        return exit.wait().await;
    };
    if let Ok(status) = timeout_at(deadline, exit.wait()).await {
        return status;
    }
    child.signal(Signal::KILL);
    let text =
        format!("The process ran longer than its time limit of {} s and was killed.", limit.as_secs_f64());
    *reason.lock().unwrap_or_else(PoisonError::into_inner) = Some(text);
    exit.wait().await
}

/// By the kernel itself, or as a shell reports it of the program that it ran.
fn is_kill(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt as _;
    status.signal() == Some(libc::SIGKILL) || status.code() == Some(128 + libc::SIGKILL)
}
