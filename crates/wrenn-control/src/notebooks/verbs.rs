//! What can be asked of notebooks.

use tokio::sync::{mpsc::error::TrySendError, oneshot};
use wrenn_api::{
    CapsuleId, ErrorCode, ExecCellRequest, ExecCellResponse, Notebook, NotebookListResponse, TeamId,
};
use wrenn_jupyter::Jupyter;

use super::{
    cell::{Cell, CellRun},
    collect::Collected,
    port::{self, Port},
    registry::Order,
};
use crate::{Control, ControlError, Result};

const MAX_NAME: usize = 64;
/// The most bytes of code in a cell. It is kept while the cell waits.
const MAX_CODE: usize = 1 << 20;

impl Control {
    /// Runs a cell to its end, after those of its notebook that were asked for before.
    pub async fn exec_cell(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        notebook: &str,
        request: &ExecCellRequest,
    ) -> Result<ExecCellResponse> {
        let mut run = self.start_cell(team, id, notebook, request).await?;
        let limit = self.inner.limits.max_output;
        let mut collected = Collected::new(limit);
        while let Some(message) = run.next().await {
            if let Some(response) = collected.take(message?) {
                return Ok(response);
            }
            if collected.is_too_large() {
                run.stopper().stop();
                let message = format!(
                    "The cell printed more than {} MiB and was interrupted. Stream its output, or write it to a file.",
                    limit >> 20
                );
                return Err(ControlError::new(ErrorCode::TooLarge, message));
            }
        }
        // Its actor ends before its time only with the capsule, or with the server.
        self.agent(team, id).await?;
        Err(gone())
    }

    /// Has a cell run, after those of its notebook that were asked for before, and follows it.
    pub async fn start_cell(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        notebook: &str,
        request: &ExecCellRequest,
    ) -> Result<CellRun> {
        let (agent, guard) = self.agent(team, id).await?;
        check_name(notebook)?;
        if request.code.contains('\0') {
            return Err(ControlError::invalid("Remove the NUL characters from the code."));
        }
        if request.code.len() > MAX_CODE {
            let message = format!(
                "A cell can have {} MiB of code. Write the data that it works on to a file.",
                MAX_CODE >> 20
            );
            return Err(ControlError::new(ErrorCode::TooLarge, message));
        }
        let handle = self.inner.notebooks.open(self, id, notebook, &agent)?;
        let room = handle.room(request.code.len()).ok_or_else(too_many)?;
        let (cell, run) = Cell::new(request, guard, room);
        match handle.cells.try_send(cell) {
            Ok(()) => Ok(run),
            Err(TrySendError::Full(_)) => Err(too_many()),
            Err(TrySendError::Closed(_)) => Err(gone()),
        }
    }

    /// Interrupts the cell that a notebook runs.
    pub async fn interrupt_notebook(&self, team: &TeamId, id: &CapsuleId, notebook: &str) -> Result<()> {
        self.order(team, id, notebook, Order::Interrupt).await
    }

    /// Starts a notebook's kernel anew. The cell that it runs ends with an error.
    pub async fn restart_notebook(&self, team: &TeamId, id: &CapsuleId, notebook: &str) -> Result<()> {
        self.order(team, id, notebook, Order::Restart).await
    }

    /// Ends a notebook and its kernel. The cell that it runs ends with an error.
    pub async fn delete_notebook(&self, team: &TeamId, id: &CapsuleId, notebook: &str) -> Result<()> {
        self.order(team, id, notebook, Order::Delete).await
    }

    /// The notebooks that have a kernel, by name. None where cells share no state.
    pub async fn list_notebooks(&self, team: &TeamId, id: &CapsuleId) -> Result<NotebookListResponse> {
        let (agent, guard) = self.agent(team, id).await?;
        let sessions = tokio::select! {
            biased;
            sessions = list(Port(agent)) => sessions?,
            reason = guard.ended() => return Err(ended(&reason)),
        };
        Ok(NotebookListResponse { notebooks: sessions })
    }

    async fn order(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        notebook: &str,
        order: impl FnOnce(oneshot::Sender<Result<()>>) -> Order,
    ) -> Result<()> {
        let (agent, guard) = self.agent(team, id).await?;
        check_name(notebook)?;
        let handle = self.inner.notebooks.open(self, id, notebook, &agent)?;
        let (reply, answer) = oneshot::channel();
        handle.orders.send(order(reply)).await.map_err(|_| gone())?;
        tokio::select! {
            biased;
            answer = answer => answer.unwrap_or_else(|_| Err(gone())),
            reason = guard.ended() => Err(ended(&reason)),
        }
    }
}

async fn list(port: Port) -> Result<Vec<Notebook>> {
    let sessions = match Jupyter::new(port).sessions().await {
        Ok(sessions) => sessions,
        Err(error) if error.means_no_server() => return Ok(Vec::new()),
        Err(error) => return Err(port::failed(error)),
    };
    let mut notebooks: Vec<_> = sessions
        .into_iter()
        .filter_map(|session| {
            let name = port::name(&session.path)?.to_owned();
            let kernel = session.kernel;
            Some(Notebook { name, state: kernel.execution_state, kernel_id: kernel.id })
        })
        .collect();
    notebooks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(notebooks)
}

/// Whether it may name a notebook.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (1..=MAX_NAME).contains(&name.len())
        && name.bytes().all(plain)
        && name.as_bytes()[0].is_ascii_alphanumeric()
}

fn check_name(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    let message = format!(
        "Give a notebook name of 1 to {MAX_NAME} letters, digits, `-`, `_` and `.` that begins with a letter or a digit."
    );
    Err(ControlError::invalid(message))
}

fn ended(reason: &str) -> ControlError {
    let message = format!("The capsule has ended: {reason}. Create a new one.");
    ControlError::new(ErrorCode::InvalidState, message)
}

fn too_many() -> ControlError {
    ControlError::new(
        ErrorCode::Conflict,
        "Too many cells of this notebook or capsule wait for their turn. Wait for some of them to end.",
    )
}

fn gone() -> ControlError {
    ControlError::new(
        ErrorCode::Conflict,
        "The notebook was deleted meanwhile. Run the cell again for a new one.",
    )
}
