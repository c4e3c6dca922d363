//! Cells that are waited for.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use super::{CellResult, CellStream, Notebook, plain};
use crate::{Error, Result, api};

/// How much longer than the cell itself its answer may take: a kernel may have to start, and cells before it to end.
const MARGIN: Duration = Duration::from_secs(90);

/// A cell in preparation, by [`Notebook::exec_cell`]; await it to run it, or [`ExecCell::stream`] it.
///
/// A cell that fails is a result: see its `error`. Dropping the future does not end the cell; its time limit does.
#[derive(Debug, Clone)]
#[must_use = "await it to run the cell"]
pub struct ExecCell {
    notebook: Notebook,
    request: api::ExecCellRequest,
}

impl ExecCell {
    pub(super) fn new(notebook: Notebook, code: String) -> Self {
        Self { notebook, request: api::ExecCellRequest { code, timeout_sec: None } }
    }

    /// The time after which the cell is interrupted (30 s), in whole seconds, rounded up. [`Duration::ZERO`]: never.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout_sec = Some(timeout.as_secs() + u64::from(timeout.subsec_nanos() > 0));
        self
    }

    /// Runs the cell and follows what comes of it.
    ///
    /// ```no_run
    /// use wrenn::CellEvent;
    ///
    /// # async fn example(notebook: wrenn::Notebook) -> wrenn::Result<()> {
    /// let mut events = notebook.exec_cell("for i in range(3): print(i)").stream().await?;
    /// while let Some(event) = events.next().await {
    ///     if let CellEvent::Stdout(text) = event? {
    ///         print!("{text}");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stream(self) -> Result<CellStream> {
        CellStream::open(&self.notebook, self.request).await
    }

    async fn run(self) -> Result<CellResult> {
        let Self { notebook, request } = self;
        let route = ["notebooks", notebook.name.as_str(), "exec"];
        let operation = format!("run a cell in notebook {:?} of", notebook.name);
        let call = notebook.capsule.call(Method::POST, &route, &operation).json(&request);
        let call = match request.timeout_sec() {
            0 => call.unlimited(),
            seconds => call.extra_time(Duration::from_secs(seconds) + MARGIN),
        };
        match call.receive().await {
            // A server that knows no notebooks does not have the route. When the capsule is what it does not have, it
            // says so again.
            Err(Error::NotFound(_)) => plain::run(&notebook.capsule, &request).await,
            result => result,
        }
    }
}

impl IntoFuture for ExecCell {
    type Output = Result<CellResult>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}
