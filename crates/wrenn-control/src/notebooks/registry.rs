//! Which notebooks have an actor.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot},
    task::JoinSet,
};
use wrenn_agent_proto::AgentClient;
use wrenn_api::{CapsuleId, ErrorCode};

use super::{actor::Actor, cell::Cell};
use crate::{Control, ControlError, Result, convert::no_capsule};

/// The most notebooks of one capsule that are open at a time.
const MOST: usize = 64;
/// The most cells of one notebook that wait.
const MOST_CELLS: usize = 256;
/// The most bytes of code that the cells of one capsule have, all of them that have not ended.
const MOST_CODE: usize = 16 << 20;

/// What can be asked of a notebook while a cell runs.
pub(super) enum Order {
    Interrupt(oneshot::Sender<Result<()>>),
    Restart(oneshot::Sender<Result<()>>),
    Delete(oneshot::Sender<Result<()>>),
}

impl Order {
    /// Where it is answered.
    pub(super) fn into_reply(self) -> oneshot::Sender<Result<()>> {
        let (Self::Interrupt(reply) | Self::Restart(reply) | Self::Delete(reply)) = self;
        reply
    }
}

/// The way to a notebook's actor.
#[derive(Clone)]
pub(super) struct Handle {
    pub(super) cells: mpsc::Sender<Cell>,
    pub(super) orders: mpsc::Sender<Order>,
    /// Bytes of code that there is still room for; the same for all notebooks of a capsule.
    room: Arc<Semaphore>,
}

impl Handle {
    /// Room for so many bytes of code; `None` when there is none.
    pub(super) fn room(&self, bytes: usize) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.room).try_acquire_many_owned(u32::try_from(bytes).ok()?).ok()
    }
}

/// The notebooks that have an actor.
#[derive(Default)]
pub(crate) struct Notebooks {
    open: Mutex<HashMap<(CapsuleId, String), Handle>>,
    actors: Mutex<JoinSet<()>>,
}

impl Notebooks {
    /// Lets go of all notebooks. Their kernels live on.
    pub(crate) async fn close(&self) {
        let mut actors = std::mem::take(&mut *self.actors.lock().unwrap_or_else(PoisonError::into_inner));
        actors.shutdown().await;
    }

    /// The notebook of that name, with an actor from now on.
    pub(super) fn open(
        &self,
        control: &Control,
        id: &CapsuleId,
        name: &str,
        agent: &AgentClient,
    ) -> Result<Handle> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // Actors end with their capsule.
        open.retain(|_, handle| !handle.cells.is_closed());
        let key = (id.clone(), name.to_owned());
        if let Some(handle) = open.get(&key) {
            return Ok(handle.clone());
        }
        if open.keys().filter(|(of, _)| of == id).count() >= MOST {
            let message = format!("The capsule has {MOST} notebooks open. Delete one of them first.");
            return Err(ControlError::new(ErrorCode::Conflict, message));
        }
        let ended = control.inner.host.ended(id).map_err(|_| no_capsule(id))?;
        let (cells, cell_queue) = mpsc::channel(MOST_CELLS);
        let (orders, order_queue) = mpsc::channel(8);
        let actor = Actor::new(
            control.downgrade(),
            id.clone(),
            name.to_owned(),
            agent.clone(),
            cell_queue,
            order_queue,
        );
        let mut actors = self.actors.lock().unwrap_or_else(PoisonError::into_inner);
        while actors.try_join_next().is_some() {}
        actors.spawn(async move {
            tokio::select! {
                biased;
                _ = ended => {}
                () = actor.run() => {}
            }
        });
        let room = open.iter().find(|((of, _), _)| of == id).map(|(_, handle)| Arc::clone(&handle.room));
        let room = room.unwrap_or_else(|| Arc::new(Semaphore::new(MOST_CODE)));
        let handle = Handle { cells, orders, room };
        open.insert(key, handle.clone());
        Ok(handle)
    }
}
