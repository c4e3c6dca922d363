//! Messages on the WebSockets that carry a command's output.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::lenient::{null_as_default, on};

/// The query parameter that asks a command stream for exact bytes: with `?binary=true` output comes in binary frames,
/// each one byte ([`STDOUT_FRAME`] or [`STDERR_FRAME`]) and then output as it was written, valid UTF-8 or not. All other
/// messages stay text. A binary frame from a client is input for the command, as it is, with and without this.
pub const BINARY_QUERY: &str = "binary";
/// The first byte of a binary frame that carries output.
pub const STDOUT_FRAME: u8 = 1;
/// The first byte of a binary frame that carries error output.
pub const STDERR_FRAME: u8 = 2;

/// What a client says on `exec/stream` and `processes/{selector}/stream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamClientMessage {
    /// First, from a client that can send no headers: its credential.
    Auth {
        /// An API key.
        token: String,
    },
    /// Starts the command; only on `exec/stream`, and once.
    Start(StreamStart),
    /// Ends the command.
    Stop,
    /// Input for the command.
    Stdin {
        /// Text.
        data: String,
    },
    /// The end of the input.
    CloseStdin,
    /// Keeps the capsule awake.
    Ping,
    /// Answers a ping.
    Pong,
}

/// The command to start on `exec/stream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StreamStart {
    /// The program: executed directly, not through a shell.
    pub cmd: String,
    /// Its arguments.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Environment variables, beside those of the capsule.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub envs: BTreeMap<String, String>,
    /// The directory to run in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cwd: Option<String>,
    /// The user to run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = "root")]
    pub user: Option<String>,
    /// Whether `stdin` messages will follow; without, the command finds its input at its end.
    #[serde(default = "on")]
    #[schema(default = true)]
    pub stdin: bool,
}

impl Default for StreamStart {
    fn default() -> Self {
        Self {
            cmd: String::new(),
            args: Vec::new(),
            envs: BTreeMap::new(),
            cwd: None,
            user: None,
            stdin: true,
        }
    }
}

/// What the server says on `exec/stream` and `processes/{selector}/stream`. It closes after `exit` and `error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StreamServerMessage {
    /// The command runs.
    Start {
        /// Its process id inside the capsule.
        pid: u32,
    },
    /// Output.
    Stdout {
        /// Text; never cut inside a character.
        data: String,
    },
    /// Error output.
    Stderr {
        /// Text; never cut inside a character.
        data: String,
    },
    /// The command has ended.
    Exit {
        /// Its exit code.
        exit_code: i32,
    },
    /// The stream cannot go on.
    Error {
        /// A sentence that says why.
        data: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_the_documented_shape() {
        let start: StreamClientMessage =
            serde_json::from_str(r#"{"type":"start","cmd":"ls","args":["-l"]}"#).unwrap();
        let expected = StreamStart { cmd: "ls".into(), args: vec!["-l".into()], ..StreamStart::default() };
        assert_eq!(start, StreamClientMessage::Start(expected));
        let stop: StreamClientMessage = serde_json::from_str(r#"{"type":"stop"}"#).unwrap();
        assert_eq!(stop, StreamClientMessage::Stop);
        let exit = StreamServerMessage::Exit { exit_code: 3 };
        assert_eq!(serde_json::to_string(&exit).unwrap(), r#"{"type":"exit","exit_code":3}"#);
    }
}
