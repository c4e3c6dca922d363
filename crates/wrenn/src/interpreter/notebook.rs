//! One notebook.

use std::time::Duration;

use http::Method;

use super::ExecCell;
use crate::{Capsule, Result};

/// How much longer than other calls it may take to start a kernel anew.
const RESTART_TIME: Duration = Duration::from_secs(120);

/// A notebook: cells that run one after the other and share variables. Cheap to clone.
///
/// ```no_run
/// # async fn example(interpreter: wrenn::CodeInterpreter) -> wrenn::Result<()> {
/// let notebook = interpreter.notebook();
/// let result = notebook.exec_cell("1 / 0").await?;
/// let error = result.error.expect("a failing cell is a result");
/// println!("{}: {}\n{}", error.name, error.value, error.plain_traceback());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Notebook {
    pub(super) capsule: Capsule,
    pub(super) name: String,
}

impl Notebook {
    pub(super) fn new(capsule: Capsule, name: String) -> Self {
        Self { capsule, name }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Prepares a cell; await it to run it, after those of this notebook that run already.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn example(notebook: wrenn::Notebook) -> wrenn::Result<()> {
    /// let result = notebook.exec_cell("sum(range(10))").timeout(Duration::from_secs(60)).await?;
    /// println!("{:?}", result.text()); // Some("45")
    /// # Ok(())
    /// # }
    /// ```
    pub fn exec_cell(&self, code: impl Into<String>) -> ExecCell {
        ExecCell::new(self.clone(), code.into())
    }

    /// Interrupts the cell that runs; it ends with a `KeyboardInterrupt`.
    pub async fn interrupt(&self) -> Result<()> {
        self.order(Method::POST, &["interrupt"], "interrupt").await
    }

    /// Starts the kernel anew: the variables are gone, and the cell that runs ends with an error.
    pub async fn restart(&self) -> Result<()> {
        self.order(Method::POST, &["restart"], "restart").await
    }

    /// Ends the kernel. The next cell begins a new notebook of the same name.
    pub async fn delete(&self) -> Result<()> {
        self.order(Method::DELETE, &[], "delete").await
    }

    async fn order(&self, method: Method, verb: &[&str], word: &str) -> Result<()> {
        let route = [&["notebooks", self.name.as_str()], verb].concat();
        let operation = format!("{word} notebook {:?} of", self.name);
        self.capsule.call(method, &route, &operation).extra_time(RESTART_TIME).finish().await
    }
}
