//! Create isolated capsules, run commands in them, move files, use terminals and git: the Rust SDK of Wrenn.
//!
//! ```no_run
//! use wrenn::Capsule;
//!
//! # async fn example() -> wrenn::Result<()> {
//! let capsule = Capsule::create("minimal").await?;
//! capsule.wait_for_ready().await?;
//! let result = capsule.commands().exec("echo").arg("hello").await?;
//! println!("{}", result.stdout); // "hello\n"
//! capsule.destroy().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The key comes from `WRENN_API_KEY` and the server from `WRENN_BASE_URL`, or both from [`Client::builder`].
//! The [`guide`] goes through everything that a capsule can do.
//!
//! Three rules hold everywhere:
//! - **Dropping a future or a stream cancels it.** What the server has already begun goes on there: a command started
//!   with [`Commands::start`] keeps running, a connection that is dropped harms nothing.
//! - **Only calls that can be repeated without harm are retried** (reads, deletions, pings), with growing pauses and by
//!   the server's `Retry-After`. A command is never run twice.
//! - **Every failure is an [`Error`]** that says which operation on which capsule failed and, when the server answered,
//!   carries its status, code, message, body and request id.

mod capsule;
mod capsules;
mod client;
mod commands;
mod error;
mod files;
mod git;
pub mod guide;
mod interpreter;
mod pty;
mod snapshots;
mod stream;

/// The requests and answers of the HTTP API, as they travel.
pub use wrenn_api as api;

pub use capsule::{Capsule, CreateCapsule, OwnedCapsule, SignUrl};
pub use capsules::{Capsules, ListCapsules};
pub use client::{Client, ClientBuilder, DEFAULT_BASE_URL};
pub use commands::{
    CommandEvent, CommandInput, CommandOutput, CommandStream, Commands, Exec, Signal, Start, StreamCommand,
};
pub use error::{ApiError, Error, Result};
pub use files::{Download, FileEvent, FileWatcher, Files, WatchEventKind, WatchFiles};
pub use git::{
    Git, GitAdd, GitBranch, GitCheckout, GitClone, GitCommand, GitCommit, GitCredentials, GitDiff, GitInit,
    GitLog, GitPull, GitPush, GitReset, GitRestore,
};
pub use interpreter::{
    CellError, CellEvent, CellOutput, CellResult, CellStream, CodeInterpreter, CreateInterpreter, ExecCell,
    Notebook,
};
pub use pty::{Pty, PtyEvent, PtySession, PtyWriter, StartPty};
pub use snapshots::{CreateSnapshot, Snapshots};
pub use wrenn_api::{
    CapsuleStatus, FileEntry, FileType, MetricsRange, NetworkPolicy, OnTimeout, RuntimeKind, StatsRange,
};
