//! The making of a capsule to run cells in.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};

use super::CodeInterpreter;
use crate::{Capsule, Client, CreateCapsule, Result};

/// The template that has a Jupyter server.
const TEMPLATE: &str = "jupyter";

/// A new capsule to run cells in, in preparation, by [`CodeInterpreter::create`]; await it to create it. For options that
/// are not here, create the capsule and use [`CodeInterpreter::new`].
#[derive(Debug, Clone)]
#[must_use = "await it to create the capsule"]
pub struct CreateInterpreter {
    template: String,
    options: CreateCapsule,
}

impl CreateInterpreter {
    pub(super) fn new() -> Self {
        Self { template: TEMPLATE.to_owned(), options: Capsule::create(TEMPLATE) }
    }

    /// The template (`jupyter`).
    pub fn template(mut self, name: impl Into<String>) -> Self {
        self.template = name.into();
        self
    }

    /// The client to create it with; else that of the environment.
    pub fn client(mut self, client: &Client) -> Self {
        self.options = self.options.client(client);
        self
    }

    /// Processors (1).
    pub fn vcpus(mut self, vcpus: u32) -> Self {
        self.options = self.options.vcpus(vcpus);
        self
    }

    /// Memory in MiB (512). A container takes at least 32, a microVM 96.
    pub fn memory_mb(mut self, mebibytes: u32) -> Self {
        self.options = self.options.memory_mb(mebibytes);
        self
    }

    /// The time without use, in whole seconds, after which it pauses (never).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.timeout(timeout);
        self
    }

    /// Sets an environment variable of all code in it.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options = self.options.env(name, value);
        self
    }

    /// Creates it, waits until it is ready, hands it to `work` and destroys the capsule afterwards, whatever came of the
    /// work.
    ///
    /// ```no_run
    /// use wrenn::CodeInterpreter;
    ///
    /// # async fn example() -> wrenn::Result<()> {
    /// let result = CodeInterpreter::create()
    ///     .with(async |interpreter| interpreter.notebook().exec_cell("print('hello')").await)
    ///     .await?;
    /// println!("{}", result.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn with<T, E: From<crate::Error>>(
        self,
        work: impl AsyncFnOnce(&CodeInterpreter) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let options = self.options.of_template(self.template);
        options.with(async |capsule| work(&CodeInterpreter::new(capsule.clone())).await).await
    }
}

impl IntoFuture for CreateInterpreter {
    type Output = Result<CodeInterpreter>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let options = self.options.of_template(self.template);
        async move { Ok(CodeInterpreter::new(options.await?)) }.boxed()
    }
}
