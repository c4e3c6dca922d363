//! Interrupt, restart, delete.

use wrenn_api::CellError;

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
                let fate = if deleted.is_ok() { Fate::Deleted } else { Fate::LivesOn };
                // Whoever opens a notebook of this name from now on gets another one.
                self.cells.close();
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
        self.jupyter.delete_session(&session.id).await.map_err(port::failed)
    }

    fn missing(&self) -> ControlError {
        ControlError::not_found(format!("Notebook {} has no kernel. Run a cell in it first.", self.name))
    }
}

/// Ends a cell that something happened to.
pub(super) async fn stopped(cell: &Cell, name: &str, value: &str) {
    lost(cell, &Run::begin(), name, value).await;
}

/// Ends a cell that something happened to, when it had begun.
pub(super) async fn lost(cell: &Cell, run: &Run, name: &str, value: &str) {
    let error = CellError { name: name.to_owned(), value: value.to_owned(), traceback: Vec::new() };
    cell.end(run, Some(error)).await;
}
