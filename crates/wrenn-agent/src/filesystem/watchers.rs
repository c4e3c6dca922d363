//! Watches whose events are fetched by polling.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connectrpc::ConnectError;

use super::watch::{Event, Lost, Watch};

/// How many there may be at once. Each has a thread and one of the kernel's few instances.
const MOST: usize = 64;

/// A watcher that nobody asked for so long is forgotten when a new one needs its place.
const FORGOTTEN: Duration = Duration::from_secs(600);

/// All polled watchers.
#[derive(Debug, Default)]
pub(super) struct Watchers {
    all: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    made: u64,
    watchers: HashMap<String, Watcher>,
}

#[derive(Debug, Clone)]
struct Watcher {
    asked: Instant,
    poll: Arc<tokio::sync::Mutex<Polled>>,
}

#[derive(Debug)]
struct Polled {
    watch: Watch,
    lost: Option<Lost>,
}

impl Watchers {
    /// Keeps a watch and gives it an id.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn add(&self, watch: Watch) -> Result<String, ConnectError> {
        let mut table = self.table();
        if table.watchers.len() >= MOST {
            table.watchers.retain(|_, watcher| watcher.asked.elapsed() < FORGOTTEN);
        }
        if table.watchers.len() >= MOST {
            let text = format!("there are {MOST} watchers already; remove one first");
            return Err(ConnectError::resource_exhausted(text));
        }
        table.made += 1;
        // Not to be guessed from another one: the time is part of it.
        let id = format!(
            "w{}-{:x}",
            table.made,
            std::time::SystemTime::UNIX_EPOCH.elapsed().map_or(0, |t| t.as_nanos())
        );
        let poll = Arc::new(tokio::sync::Mutex::new(Polled { watch, lost: None }));
        table.watchers.insert(id.clone(), Watcher { asked: Instant::now(), poll });
        Ok(id)
    }

    /// What happened since the last call. When something was lost, a call first gives what came before,
    /// and every call after that fails.
    ///
    /// # Errors
    /// No such watcher, or events lost.
    pub(super) async fn events(&self, id: &str) -> Result<Vec<Event>, ConnectError> {
        let watcher = {
            let mut table = self.table();
            let watcher = table.watchers.get_mut(id).ok_or_else(|| unknown(id))?;
            watcher.asked = Instant::now();
            watcher.clone()
        };
        let mut polled = watcher.poll.lock().await;
        if let Some(lost) = polled.lost {
            return Err(lost.into());
        }
        let mut events = Vec::new();
        for found in polled.watch.pending().await {
            match found {
                Ok(event) => events.push(event),
                Err(lost) => polled.lost = Some(lost),
            }
        }
        match polled.lost {
            Some(lost) if events.is_empty() => Err(lost.into()),
            _ => Ok(events),
        }
    }

    /// Ends a watcher.
    ///
    /// # Errors
    /// No such watcher.
    pub(super) fn remove(&self, id: &str) -> Result<(), ConnectError> {
        self.table().watchers.remove(id).map(drop).ok_or_else(|| unknown(id))
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown(id: &str) -> ConnectError {
    ConnectError::not_found(format!("there is no watcher '{id}'; it was removed or never created"))
}
