//! Slots that are ready before their capsules are there.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use ipnet::Ipv4Net;
use tokio::{
    sync::{Notify, Semaphore, oneshot},
    task::AbortHandle,
};

use crate::{
    dns::{self, Dns},
    error::{Error, Result},
    policy::Policy,
    range::Range,
    slot::{self, Slot},
};

/// Slots that are made at a time. More would only wait for the kernel's one lock on links.
const AT_ONCE: u32 = 4;
/// After a failure, the next attempt waits so long.
const RETRY: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Pool {
    shared: Arc<Shared>,
    filler: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    range: Range,
    size: usize,
    operator: Arc<[Ipv4Net]>,
    dns: Arc<Dns>,
    ready: Mutex<VecDeque<Slot>>,
    wanted: Notify,
    /// Permits are held by the threads at work.
    makers: Arc<Semaphore>,
    next: AtomicU32,
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.filler.abort();
    }
}

impl Pool {
    /// Begins to make slots. Each number is used once before any is used again, so that nothing that belonged to an
    /// ended capsule comes to the next one.
    pub(super) fn new(range: Range, size: usize, operator: Arc<[Ipv4Net]>, dns: Arc<Dns>) -> Self {
        let shared = Arc::new(Shared {
            range,
            size,
            operator,
            dns,
            ready: Mutex::default(),
            wanted: Notify::new(),
            makers: Arc::new(Semaphore::new(AT_ONCE as usize)),
            next: AtomicU32::new(rand::random()),
        });
        let filler = tokio::spawn(fill(Arc::downgrade(&shared))).abort_handle();
        Self { shared, filler }
    }

    /// One that is ready, or a new one.
    pub(super) async fn take(&self) -> Result<Slot> {
        let ready = self.shared.ready().pop_front();
        self.shared.wanted.notify_one();
        match ready {
            Some(slot) => Ok(slot),
            None => self.shared.make().await,
        }
    }

    /// Takes away what is ready, once nothing more is being made.
    pub(super) async fn close(&self) {
        self.filler.abort();
        let makers = &self.shared.makers;
        let all = makers.acquire_many(AT_ONCE).await;
        makers.close();
        drop(all);
        self.shared.ready().clear();
    }
}

impl Shared {
    fn ready(&self) -> std::sync::MutexGuard<'_, VecDeque<Slot>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn make(&self) -> Result<Slot> {
        for _ in 0..self.range.slots() {
            let pair = self.range.pair(self.next.fetch_add(1, Ordering::Relaxed));
            let (sender, receiver) = oneshot::channel();
            let operator = Arc::clone(&self.operator);
            let closed = |error| Error::system("make a network after the end")(std::io::Error::other(error));
            let turn = Arc::clone(&self.makers).acquire_owned().await.map_err(closed)?;
            // A thread of its own, since it stays in the new namespace.
            std::thread::Builder::new()
                .name(String::from("network-slot"))
                .spawn(move || {
                    // Nobody may wait for it any more.
                    let _ = sender.send(slot::make(pair, &operator));
                    drop(turn);
                })
                .map_err(Error::system("start a thread"))?;
            let made = receiver.await.map_err(|_| {
                Error::system("make a capsule's network")(std::io::Error::other("its thread panicked"))
            })?;
            if let Some(namespace) = made? {
                let slot = Slot::new(namespace, Some(pair), Policy::default());
                dns::open(&self.dns, &slot)?;
                return Ok(slot);
            }
        }
        Err(Error::RangeFull { range: self.range.network() })
    }
}

/// Keeps as many slots ready as there should be.
async fn fill(pool: Weak<Shared>) {
    loop {
        let Some(shared) = pool.upgrade() else { return };
        if shared.ready().len() >= shared.size {
            shared.wanted.notified().await;
            continue;
        }
        match shared.make().await {
            Ok(slot) => shared.ready().push_back(slot),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot prepare the network of a capsule"
                );
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}
