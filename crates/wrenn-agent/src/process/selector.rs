//! How a request names a process.

use connectrpc::ConnectError;
use wrenn_agent_proto::process::{__buffa::oneof::process_selector, ProcessSelector};

/// A process's id or tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selector {
    Pid(u32),
    Tag(String),
}

impl Selector {
    pub(super) fn from_message(message: Option<&ProcessSelector>) -> Result<Self, ConnectError> {
        match message.and_then(|message| message.selector.as_ref()) {
            Some(process_selector::Selector::Pid(pid)) => Ok(Self::Pid(*pid)),
            Some(process_selector::Selector::Tag(tag)) => Ok(Self::Tag(tag.clone())),
            None => {
                Err(ConnectError::invalid_argument("The request names no process; give its pid or its tag."))
            }
        }
    }

    pub(super) fn not_found(&self) -> ConnectError {
        ConnectError::not_found(match self {
            Self::Pid(pid) => format!("There is no process with the pid {pid}; it may have ended."),
            Self::Tag(tag) => format!("There is no process with the tag {tag:?}; it may have ended."),
        })
    }
}
