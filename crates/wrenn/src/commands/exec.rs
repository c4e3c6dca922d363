//! Commands that are waited for.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use super::{options::command_options, output::CommandOutput};
use crate::{Capsule, Result, api};

/// A command in preparation, by [`super::Commands::exec`]; await it to run it.
///
/// Dropping the future does not end the command; its time limit does.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let output = capsule
///     .commands()
///     .exec("python3")
///     .arg("-c")
///     .args(["import os; print(os.environ['PORT'])"])
///     .env("PORT", "8000")
///     .envs([("MODE", "test")])
///     .cwd("/app")
///     .user("user")
///     .timeout(Duration::from_secs(10))
///     .await?;
/// if output.timed_out {
///     println!("killed; it had printed {}", output.stdout);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run the command"]
pub struct Exec {
    capsule: Capsule,
    request: api::ExecRequest,
}

impl Exec {
    pub(super) fn new(capsule: &Capsule, command: String) -> Self {
        Self { capsule: capsule.clone(), request: api::ExecRequest { cmd: command, ..Default::default() } }
    }

    command_options!();

    /// The time after which the command and all that it started are killed (30 s), in whole seconds, rounded up.
    /// [`Duration::ZERO`]: never.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout_sec = Some(timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0));
        self
    }

    async fn run(self) -> Result<CommandOutput> {
        let operation = format!("run {:?} in", self.request.cmd);
        let call = self.capsule.call(Method::POST, &["exec"], &operation).json(&self.request);
        let call = match self.request.timeout_sec() {
            0 => call.unlimited(),
            seconds => call.extra_time(Duration::from_secs(seconds)),
        };
        call.receive::<api::ExecResponse>().await.map(CommandOutput::from)
    }
}

impl IntoFuture for Exec {
    type Output = Result<CommandOutput>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}
