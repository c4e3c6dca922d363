//! Starts the real agent for a test, on a unix socket that it inherits.
#![allow(dead_code, unreachable_pub, clippy::allow_attributes, reason = "no test uses all of it")]

use std::{
    fs,
    os::{fd::AsRawFd as _, unix::net::UnixListener},
    path::PathBuf,
    process::{Child, Command},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::net::UnixStream;
use wrenn_agent_proto::{AgentClient, Exit, ProcessEvent, ProcessStart, ProcessStream};

/// How long anything may take that is not measured.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An agent of its own; it ends with the test.
pub struct TestAgent {
    process: Child,
    dir: TempDir,
    pub client: AgentClient,
}

impl TestAgent {
    pub fn start() -> Self {
        let (listener, dir) = listener();
        let process = Command::new(binary())
            .arg("--fd")
            .arg(listener.as_raw_fd().to_string())
            .spawn()
            .expect("the agent starts");
        Self::with(process, dir)
    }

    /// One that a given process runs on the listener.
    pub fn with(process: Child, dir: TempDir) -> Self {
        let socket = dir.path().join("agent.sock");
        let client = AgentClient::new(move || UnixStream::connect(socket.clone()));
        Self { process, dir, client }
    }

    pub fn socket(&self) -> PathBuf {
        self.dir.path().join("agent.sock")
    }

    /// A directory for the test's files, open to every user.
    pub fn dir(&self) -> &std::path::Path {
        self.dir.path()
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn process(&mut self) -> &mut Child {
        &mut self.process
    }

    /// Resident memory in KiB, without the pages of files: those are shared between all agents of a machine.
    pub fn anonymous_kib(&self) -> u64 {
        self.status("RssAnon:")
    }

    /// Resident memory in KiB.
    pub fn resident_kib(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// How often its threads went to sleep by themselves, so how often they were woken.
    pub fn switches(&self) -> u64 {
        self.status("voluntary_ctxt_switches:")
    }

    /// Open descriptors.
    pub fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("the agent runs").count()
    }

    /// The ids of its children, zombies included.
    pub fn children(&self) -> Vec<u32> {
        let text =
            fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.pid())).expect("the agent runs");
        text.split_whitespace().map(|pid| pid.parse().expect("a pid")).collect()
    }

    fn status(&self, field: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("the agent runs");
        let line = text.lines().find_map(|line| line.strip_prefix(field)).expect("the field is there");
        line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }
}

impl Drop for TestAgent {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// The agent to test: the one that was just built, or the one that the variable names.
pub fn binary() -> PathBuf {
    std::env::var_os("WRENN_TEST_AGENT")
        .map_or_else(|| env!("CARGO_BIN_EXE_wrenn-agent").into(), PathBuf::from)
}

/// A listening socket that a child inherits.
pub fn listener() -> (UnixListener, TempDir) {
    let dir = tempfile::tempdir().expect("a directory");
    fs::set_permissions(dir.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("it is ours");
    let listener = UnixListener::bind(dir.path().join("agent.sock")).expect("a socket");
    rustix::io::fcntl_setfd(&listener, rustix::io::FdFlags::empty()).expect("it can be inherited");
    (listener, dir)
}

/// A shell script as a process to start.
pub fn script(text: &str) -> ProcessStart {
    ProcessStart::new("/bin/sh").arg("-c").arg(text)
}

/// Everything that a stream had to tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub pid: u32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub pty: Vec<u8>,
    pub exit: Exit,
}

impl Outcome {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("the output is text")
    }
}

/// Reads a stream to its end.
pub async fn outcome(mut events: ProcessStream) -> Outcome {
    let mut outcome = Outcome::default();
    let read = async {
        while let Some(event) = events.next().await.expect("the stream holds") {
            match event {
                ProcessEvent::Started { pid } => outcome.pid = pid,
                ProcessEvent::Stdout(bytes) => outcome.stdout.extend_from_slice(&bytes),
                ProcessEvent::Stderr(bytes) => outcome.stderr.extend_from_slice(&bytes),
                ProcessEvent::Pty(bytes) => outcome.pty.extend_from_slice(&bytes),
                ProcessEvent::Ended(exit) => outcome.exit = exit,
                ProcessEvent::Keepalive => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the process ends");
    outcome
}

/// Runs a process to its end.
pub async fn run(client: &AgentClient, start: ProcessStart) -> Outcome {
    outcome(client.start(start).await.expect("it starts")).await
}

/// The first event says that the process runs.
pub async fn started(events: &mut ProcessStream) -> u32 {
    match events.next().await.expect("the stream holds") {
        Some(ProcessEvent::Started { pid }) => pid,
        other => panic!("the first event is {other:?}"),
    }
}

/// Looks until it is so.
pub async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !check().await {
        assert!(Instant::now() < deadline, "in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
