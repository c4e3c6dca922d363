//! What is said to QEMU and what it says.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A command, as QEMU's reference of its protocol has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "execute", content = "arguments", rename_all = "kebab-case")]
pub(in crate::microvm) enum Command {
    #[serde(rename = "qmp_capabilities")]
    Capabilities,
    QueryStatus,
    Stop,
    Cont,
    /// Writes the state of all devices, without memory and disks, to a file. It comes from Xen, but does not need it.
    XenSaveDevicesState {
        filename: String,
        /// Whether another machine takes over the disks.
        live: bool,
    },
    /// Takes the file that comes with the command, as `/dev/fdset/` and that number.
    #[serde(rename_all = "kebab-case")]
    AddFd {
        fdset_id: u32,
    },
    #[serde(rename_all = "kebab-case")]
    RemoveFd {
        fdset_id: u32,
    },
    /// Takes the file that comes with the command.
    #[serde(rename = "getfd")]
    GetFd {
        fdname: &'static str,
    },
    MigrateIncoming {
        uri: String,
    },
    RingbufRead {
        device: &'static str,
        size: u32,
    },
}

impl Command {
    /// The command's name, for errors.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Capabilities => "qmp_capabilities",
            Self::QueryStatus => "query-status",
            Self::Stop => "stop",
            Self::Cont => "cont",
            Self::XenSaveDevicesState { .. } => "xen-save-devices-state",
            Self::AddFd { .. } => "add-fd",
            Self::RemoveFd { .. } => "remove-fd",
            Self::GetFd { .. } => "getfd",
            Self::MigrateIncoming { .. } => "migrate-incoming",
            Self::RingbufRead { .. } => "ringbuf-read",
        }
    }
}

/// What a virtual machine does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::microvm) enum RunState {
    Running,
    /// It was told to halt.
    Paused,
    /// It waits for a state to load, or loads one.
    Inmigrate,
    /// It was made and has not run yet.
    Prelaunch,
    #[serde(other)]
    Other,
}

/// The answer to `query-status`.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) status: RunState,
}

/// A line from QEMU: an answer, an error, or something else that is of no interest here.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    #[serde(rename = "return")]
    pub(super) answer: Option<Value>,
    pub(super) error: Option<Refusal>,
}

/// Why QEMU refuses.
#[derive(Debug, Deserialize)]
pub(super) struct Refusal {
    pub(super) desc: String,
}
