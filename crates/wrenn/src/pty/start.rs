//! The opening of a terminal.

use std::future::IntoFuture;

use futures_util::{FutureExt, future::BoxFuture};

use super::PtySession;
use crate::{Capsule, Result, api};

/// A terminal in preparation, by [`super::Pty::start`]; await it to open it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let terminal = capsule
///     .pty()
///     .start()
///     .cmd("/bin/bash")
///     .args(["-l"])
///     .size(120, 40)
///     .env("EDITOR", "vi")
///     .cwd("/home/user")
///     .user("user")
///     .tag("my-session-tag")
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to open the terminal"]
pub struct StartPty {
    capsule: Capsule,
    request: api::PtyStart,
}

impl StartPty {
    pub(super) fn new(capsule: &Capsule) -> Self {
        Self { capsule: capsule.clone(), request: api::PtyStart::default() }
    }

    /// The program (`/bin/bash`).
    pub fn cmd(mut self, command: impl Into<String>) -> Self {
        self.request.cmd = Some(command.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.request.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Columns (80) and rows (24).
    pub fn size(self, cols: u16, rows: u16) -> Self {
        self.cols(cols).rows(rows)
    }

    /// Columns (80).
    pub fn cols(mut self, cols: u16) -> Self {
        self.request.cols = Some(cols);
        self
    }

    /// Rows (24).
    pub fn rows(mut self, rows: u16) -> Self {
        self.request.rows = Some(rows);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.envs.insert(name.into(), value.into());
        self
    }

    /// The directory to run in; the user's home when not set.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.request.cwd = Some(path.into());
        self
    }

    /// The user to run as; `root` when not set.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.request.user = Some(name.into());
        self
    }

    /// A name to join the terminal by later; one is made up when not set.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.request.tag = Some(tag.into());
        self
    }
}

impl IntoFuture for StartPty {
    type Output = Result<PtySession>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        async move { PtySession::start(&self.capsule, self.request).await }.boxed()
    }
}
