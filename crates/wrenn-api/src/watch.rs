//! Messages on the WebSocket that reports changes of files.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a client says on `files/watch`. Without a `path` in the query the first message (after `auth`) is `start`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WatchClientMessage {
    /// First, from a client that can send no headers: its credential.
    Auth {
        /// An API key.
        token: String,
    },
    /// Begins to watch.
    Start {
        /// The directory.
        path: String,
        /// Whether directories below it are watched too, also those that appear later.
        #[serde(default)]
        recursive: bool,
    },
    /// Ends it.
    Stop,
    /// Keeps the capsule awake.
    Ping,
    /// Answers a ping.
    Pong,
}

/// What the server says on `files/watch`. It closes after `error`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum WatchServerMessage {
    /// Every change from now on is reported.
    Started,
    /// Something changed.
    Event {
        /// How.
        #[schema(inline)]
        event: WatchEventKind,
        /// What: its path, relative to the watched directory.
        name: String,
    },
    /// The watch cannot go on.
    Error {
        /// A sentence that says why.
        data: String,
    },
}

/// How something in a watched directory changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WatchEventKind {
    /// It appeared.
    Create,
    /// It was written.
    Write,
    /// It went.
    Remove,
    /// It has another name now, or had one.
    Rename,
    /// Its permissions or owner changed.
    Chmod,
}
