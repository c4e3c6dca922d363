//! Commands that go on by themselves.

use std::future::IntoFuture;

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use super::options::command_options;
use crate::{Capsule, Result, api};

/// A background process in preparation, by [`super::Commands::start`]; await it to start it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let process = capsule
///     .commands()
///     .start("python3")
///     .arg("server.py")
///     .tag("web-server")
///     .env("PORT", "8000")
///     .cwd("/app")
///     .await?;
/// println!("{} {}", process.pid, process.tag);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to start the process"]
pub struct Start {
    capsule: Capsule,
    request: api::ExecRequest,
}

impl Start {
    pub(super) fn new(capsule: &Capsule, command: String) -> Self {
        let request = api::ExecRequest { cmd: command, background: true, ..Default::default() };
        Self { capsule: capsule.clone(), request }
    }

    command_options!();

    /// A name to find the process by; one is made up when not set. A name that is in use is refused with
    /// [`Error::Conflict`](crate::Error::Conflict).
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.request.tag = Some(tag.into());
        self
    }

    async fn run(self) -> Result<api::BackgroundExecResponse> {
        let operation = format!("start {:?} in", self.request.cmd);
        self.capsule.call(Method::POST, &["exec"], &operation).json(&self.request).receive().await
    }
}

impl IntoFuture for Start {
    type Output = Result<api::BackgroundExecResponse>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}
