//! What to start, and how to name what runs.

use std::{collections::BTreeMap, time::Duration};

use crate::process::{
    __buffa::oneof::process_selector, PTY, ProcessConfig, ProcessSelector, StartRequest, pty,
};

/// A process to start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProcessStart {
    /// The program: a path, or a name to look for in the `PATH` inside.
    pub cmd: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// Environment variables besides those of the user and the agent.
    pub envs: BTreeMap<String, String>,
    /// The working directory; the user's home when it is `None`.
    pub cwd: Option<String>,
    /// A terminal of that size instead of pipes.
    pub pty: Option<PtySize>,
    /// A name for the process, unique among those that run.
    pub tag: Option<String>,
    /// Whether input will be sent; when false, standard input is empty from the start.
    pub stdin: bool,
    /// The agent kills the process and all its group after this time.
    pub timeout: Option<Duration>,
    /// How often the stream shall carry a [`ProcessEvent::Keepalive`](super::ProcessEvent), in whole seconds.
    pub keepalive: Option<Duration>,
}

impl ProcessStart {
    /// A program without arguments, with pipes and no input.
    pub fn new(cmd: impl Into<String>) -> Self {
        Self { cmd: cmd.into(), ..Self::default() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(super) fn into_request(self) -> StartRequest {
        let process = ProcessConfig {
            cmd: self.cmd,
            args: self.args,
            envs: self.envs.into_iter().collect(),
            cwd: self.cwd,
            ..Default::default()
        };
        StartRequest {
            process: process.into(),
            pty: self.pty.map(PtySize::into_message).into(),
            tag: self.tag,
            stdin: Some(self.stdin),
            ..Default::default()
        }
    }
}

/// The size of a terminal, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PtySize {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
}

impl PtySize {
    pub(super) fn into_message(self) -> PTY {
        let size = pty::Size { cols: self.cols.into(), rows: self.rows.into(), ..Default::default() };
        PTY { size: size.into(), ..Default::default() }
    }
}

/// Names a process that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// Its id inside the capsule.
    Pid(u32),
    /// The tag that it was started with.
    Tag(String),
}

impl From<u32> for Selector {
    fn from(pid: u32) -> Self {
        Self::Pid(pid)
    }
}

impl From<&str> for Selector {
    fn from(tag: &str) -> Self {
        Self::Tag(tag.to_owned())
    }
}

impl Selector {
    pub(super) fn into_message(self) -> ProcessSelector {
        let selector = match self {
            Self::Pid(pid) => process_selector::Selector::Pid(pid),
            Self::Tag(tag) => process_selector::Selector::Tag(tag),
        };
        ProcessSelector { selector: Some(selector), ..Default::default() }
    }
}
