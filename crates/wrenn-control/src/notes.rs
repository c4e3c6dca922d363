//! Takes note of what happens to capsules, for the database and the statistics.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use wrenn_host::{CapsuleView, Observer, ObserverError};
use wrenn_store::{CapsuleRow, Store};

use crate::{convert, team::Meter};

/// The most changes that one transaction writes.
const BATCH: usize = 256;

/// What the database has to be told.
enum Note {
    Changed(CapsuleRow),
    /// Answered once it is written.
    Ended(CapsuleRow, oneshot::Sender<Result<(), String>>),
}

/// The host's observer.
pub(crate) struct Notes {
    queue: Mutex<Option<mpsc::UnboundedSender<Note>>>,
    meter: Mutex<Meter>,
}

impl Notes {
    /// The observer, and the task that writes what it notes. Writing is not in the way of those who change a capsule,
    /// because the host's own files are the truth; only an end is awaited, because with it those files go.
    pub(crate) fn new(store: Store) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (queue, notes) = mpsc::unbounded_channel();
        let meter = Mutex::new(Meter::default());
        (Self { queue: Mutex::new(Some(queue)), meter }, save(store, notes))
    }

    /// What teams have running. Held briefly.
    pub(crate) fn meter(&self) -> std::sync::MutexGuard<'_, Meter> {
        self.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes no more notes, so that the writing task ends with the last one.
    pub(crate) async fn close(&self) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn send(&self, note: Note) -> Result<(), ObserverError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or("the server is shutting down")?;
        queue.send(note).map_err(|_| "the server is shutting down".into())
    }
}

fn row(view: &CapsuleView) -> CapsuleRow {
    CapsuleRow { team_id: view.record.team_id.clone(), capsule: convert::capsule(view) }
}

#[async_trait]
impl Observer for Notes {
    fn changed(&self, view: &CapsuleView) {
        self.meter().update(view);
        if let Err(error) = self.send(Note::Changed(row(view))) {
            // The next start notes it.
            tracing::debug!(id = %view.record.id, error = &*error, "a change was not noted");
        }
    }

    async fn ended(&self, view: &CapsuleView) -> Result<(), ObserverError> {
        self.meter().update(view);
        let (reply, written) = oneshot::channel();
        self.send(Note::Ended(row(view), reply))?;
        Ok(written.await??)
    }
}

async fn save(store: Store, mut notes: mpsc::UnboundedReceiver<Note>) {
    let mut batch = Vec::with_capacity(BATCH);
    while notes.recv_many(&mut batch, BATCH).await > 0 {
        let mut waiting = Vec::new();
        let rows: Vec<_> = batch
            .drain(..)
            .map(|note| match note {
                Note::Changed(row) => row,
                Note::Ended(row, reply) => {
                    waiting.push(reply);
                    row
                }
            })
            .collect();
        let written = store.save_capsules(&rows).await;
        if let Err(error) = &written {
            tracing::error!(error = error as &dyn std::error::Error, "cannot save capsules");
        }
        for reply in waiting {
            let result = written.as_ref().map(|&()| ()).map_err(ToString::to_string);
            // Only an owner that was killed does not wait for it.
            reply.send(result).ok();
        }
    }
}
