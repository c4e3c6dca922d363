//! Python, cell by cell.

mod cell;
mod create;
mod notebook;
mod plain;
mod stream;

pub use cell::ExecCell;
pub use create::CreateInterpreter;
pub use notebook::Notebook;
pub use stream::{CellEvent, CellStream};
/// What came of a cell.
pub use wrenn_api::ExecCellResponse as CellResult;
pub use wrenn_api::{CellError, CellOutput};

use http::Method;

use crate::{Capsule, Result, api};

/// Runs Python in a capsule, cell by cell.
///
/// In a capsule of the template `jupyter`, cells share variables and show images, tables and the like; in one without a
/// Jupyter server each cell is run by `python3 -c`.
///
/// ```no_run
/// use wrenn::CodeInterpreter;
///
/// # async fn example() -> wrenn::Result<()> {
/// let interpreter = CodeInterpreter::create().await?;
/// interpreter.capsule().wait_for_ready().await?;
/// interpreter.notebook().exec_cell("x = 42").await?;
/// let result = interpreter.notebook().exec_cell("x * 2").await?;
/// assert_eq!(result.text(), Some("84"));
/// interpreter.destroy().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct CodeInterpreter {
    capsule: Capsule,
}

impl CodeInterpreter {
    /// Prepares a new capsule, from the template `jupyter` unless told otherwise; await it to create it.
    ///
    /// ```no_run
    /// # async fn example() -> wrenn::Result<()> {
    /// let interpreter = wrenn::CodeInterpreter::create().template("my-python").vcpus(2).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create() -> CreateInterpreter {
        CreateInterpreter::new()
    }

    /// Works in an existing capsule, with the client of the environment. Nothing is sent yet.
    ///
    /// ```no_run
    /// # async fn example() -> wrenn::Result<()> {
    /// let interpreter = wrenn::CodeInterpreter::connect("cl-abc123")?;
    /// println!("{}", interpreter.notebook().exec_cell("print('reconnected')").await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn connect(id: impl Into<String>) -> Result<Self> {
        Capsule::connect(id).map(Self::new)
    }

    /// Works in that capsule.
    pub fn new(capsule: Capsule) -> Self {
        Self { capsule }
    }

    /// The capsule that the code runs in.
    pub fn capsule(&self) -> &Capsule {
        &self.capsule
    }

    /// The notebook that is meant when none is named.
    pub fn notebook(&self) -> Notebook {
        self.create_notebook(api::DEFAULT_NOTEBOOK)
    }

    /// Another notebook, with variables of its own. It comes to be with its first cell.
    ///
    /// ```no_run
    /// # async fn example(interpreter: wrenn::CodeInterpreter) -> wrenn::Result<()> {
    /// let analysis = interpreter.create_notebook("analysis");
    /// analysis.exec_cell("import pandas").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create_notebook(&self, name: impl Into<String>) -> Notebook {
        Notebook::new(self.capsule.clone(), name.into())
    }

    /// The notebooks that have a kernel.
    pub async fn notebooks(&self) -> Result<Vec<api::Notebook>> {
        let call = self.capsule.call(Method::GET, &["notebooks"], "list the notebooks of");
        Ok(call.receive::<api::NotebookListResponse>().await?.notebooks)
    }

    /// Destroys the capsule.
    pub async fn destroy(&self) -> Result<()> {
        self.capsule.destroy().await
    }
}
