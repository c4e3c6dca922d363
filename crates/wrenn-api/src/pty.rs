//! Messages on the WebSocket that carries a terminal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lenient::null_as_default;

/// The program of a terminal when none is named.
pub const DEFAULT_SHELL: &str = "/bin/bash";
/// The width of a terminal when not told otherwise.
pub const DEFAULT_COLS: u16 = 80;
/// The height of a terminal when not told otherwise.
pub const DEFAULT_ROWS: u16 = 24;

/// What a client says on `pty`. Binary frames are input too, as they are; after the first one the server sends output
/// as binary frames as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PtyClientMessage {
    /// First, from a client that can send no headers: its credential.
    Auth {
        /// An API key.
        token: String,
    },
    /// Opens a new session.
    Start(PtyStart),
    /// Joins a session that runs.
    Connect {
        /// The session's name.
        tag: String,
    },
    /// What was typed.
    Input {
        /// Bytes in base64.
        data: String,
    },
    /// The window has another size now.
    Resize {
        /// Columns.
        cols: u16,
        /// Rows.
        rows: u16,
    },
    /// Ends the session.
    Kill,
    /// Keeps the capsule awake.
    Ping,
    /// Answers the server's ping.
    Pong,
}

/// A new terminal session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct PtyStart {
    /// The program.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = "/bin/bash")]
    pub cmd: Option<String>,
    /// Its arguments.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 80, minimum = 1)]
    pub cols: Option<u16>,
    /// Rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 24, minimum = 1)]
    pub rows: Option<u16>,
    /// Environment variables, beside those of the capsule.
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub envs: BTreeMap<String, String>,
    /// The directory to run in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cwd: Option<String>,
    /// The user to run as.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = "root")]
    pub user: Option<String>,
    /// A name to join the session by later; generated when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tag: Option<String>,
}

impl PtyStart {
    /// The program asked for, or the default.
    pub fn cmd(&self) -> &str {
        self.cmd.as_deref().filter(|cmd| !cmd.is_empty()).unwrap_or(DEFAULT_SHELL)
    }

    /// The columns asked for, or the default.
    pub fn cols(&self) -> u16 {
        self.cols.filter(|&cols| cols > 0).unwrap_or(DEFAULT_COLS)
    }

    /// The rows asked for, or the default.
    pub fn rows(&self) -> u16 {
        self.rows.filter(|&rows| rows > 0).unwrap_or(DEFAULT_ROWS)
    }
}

/// What the server says on `pty`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum PtyServerMessage {
    /// The session is open. After a `connect`, what it showed last follows.
    Started {
        /// The name to join it by.
        tag: String,
        /// Its process id inside the capsule.
        pid: u32,
    },
    /// What the terminal shows.
    Output {
        /// Bytes in base64.
        data: String,
    },
    /// The session's program has ended.
    Exit {
        /// Its exit code.
        exit_code: i32,
    },
    /// Something did not work.
    Error {
        /// A sentence that says what.
        data: String,
        /// Whether the connection ends with it.
        fatal: bool,
    },
    /// Sent every 30 seconds; answer with `pong`.
    Ping,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_starts_with_defaults() {
        let message: PtyClientMessage =
            serde_json::from_str(r#"{"type":"start","cmd":null,"cols":0}"#).unwrap();
        let PtyClientMessage::Start(start) = message else { panic!("not a start") };
        assert_eq!((start.cmd(), start.cols(), start.rows()), ("/bin/bash", 80, 24));
    }

    #[test]
    fn messages_have_the_documented_shape() {
        let started = PtyServerMessage::Started { tag: "pty-1".into(), pid: 7 };
        assert_eq!(serde_json::to_string(&started).unwrap(), r#"{"type":"started","tag":"pty-1","pid":7}"#);
        assert_eq!(serde_json::to_string(&PtyServerMessage::Ping).unwrap(), r#"{"type":"ping"}"#);
        let connect: PtyClientMessage = serde_json::from_str(r#"{"type":"connect","tag":"pty-1"}"#).unwrap();
        assert_eq!(connect, PtyClientMessage::Connect { tag: "pty-1".into() });
    }
}
