//! Interrupt, restart, delete.

use wrenn_api::{CellError, ErrorCode};
use wrenn_jupyter::JupyterError;

use super::{
    super::{
        cell::{Cell, Run},
        port,
        registry::Order,
    },
    Actor, Fate,
};
use crate::{ControlError, Result};

impl Actor {
    /// Does what is asked while no cell runs.
    pub(super) async fn obey(&mut self, order: Order) -> Fate {
        match order {
            Order::Interrupt(reply) => {
                reply.send(self.interrupt().await).ok();
                Fate::LivesOn
            }
            Order::Restart(reply) => {
                reply.send(self.restart().await).ok();
                Fate::LivesOn
            }
            Order::Delete(reply) => {
                let deleted = self.delete().await;
                let fate = self.after_delete(&deleted);
                reply.send(deleted).ok();
                fate
            }
        }
    }

    pub(super) async fn interrupt(&mut self) -> Result<()> {
        let session = self.find().await.map_err(port::failed)?.ok_or_else(|| self.missing())?;
        self.jupyter.interrupt(&session.kernel.id).await.map_err(port::failed)
    }

    pub(super) async fn restart(&mut self) -> Result<()> {
        let session = self.find().await.map_err(port::failed)?.ok_or_else(|| self.missing())?;
        self.link = None;
        self.suspect = false;
        self.jupyter.restart(&session.kernel.id).await.map_err(port::failed)
    }

    pub(super) async fn delete(&mut self) -> Result<()> {
        let session = self.find().await.map_err(port::failed)?.ok_or_else(|| self.missing())?;
        self.link = None;
        match self.jupyter.delete_session(&session.id).await {
            Err(JupyterError::Refused { status: 404, .. }) => Err(self.missing()),
            deleted => deleted.map_err(port::failed),
        }
    }

    /// What becomes of this after an attempt to delete the notebook. One that failed leaves a kernel, of which this goes on
    /// to be the only actor.
    pub(super) fn after_delete(&mut self, deleted: &Result<()>) -> Fate {
        match deleted {
            Err(error) if error.code() != ErrorCode::NotFound => Fate::LivesOn,
            _ => {
                // Whoever opens a notebook of this name from now on gets another one.
                self.cells.close();
                Fate::Deleted
            }
        }
    }

    fn missing(&self) -> ControlError {
        ControlError::not_found(format!("Notebook {} has no kernel. Run a cell in it first.", self.name))
    }
}

/// Ends a cell that something happened to.
pub(super) fn stopped(cell: &Cell, name: &str, value: &str) {
    lost(cell, &Run::begin(), name, value);
}

/// Ends a cell that something happened to, when it had begun.
pub(super) fn lost(cell: &Cell, run: &Run, name: &str, value: &str) {
    let error = CellError { name: name.to_owned(), value: value.to_owned(), traceback: Vec::new() };
    cell.end(run, Some(error));
}
