//! What a capsule's owner task shares with everyone else: the capsule's state, and whether it is in use.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;
use wrenn_api::Timestamp;
use wrenn_network::{Slot, Traffic};

use crate::{CapsuleView, HostError, Record, Result, State, record};

pub(crate) struct Shared {
    inner: Mutex<Inner>,
    /// Wakes the owner when the last guard is gone.
    pub(crate) unused: Notify,
    /// Wakes those who watch the state.
    pub(crate) moved: Notify,
    /// Somebody wants the capsule destroyed.
    pub(crate) destroy: CancellationToken,
    /// The capsule cannot be used any more, and never again.
    pub(crate) unusable: CancellationToken,
    /// Nothing is left of the capsule on this host.
    pub(crate) gone: CancellationToken,
}

pub(crate) struct Inner {
    pub(crate) record: Record,
    /// Its network; none when it is paused and keeps none, or is not made yet.
    pub(crate) slot: Option<Slot>,
    /// What went through the networks that it had before.
    pub(crate) carried: Traffic,
    /// Streams and calls that use the capsule at this moment.
    open: usize,
    /// How often it was paused.
    pub(crate) pauses: u64,
    last_active: Instant,
    last_active_at: Timestamp,
    /// The capsule's maker was told of it.
    pub(crate) announced: bool,
    /// Why it ended, or is about to.
    pub(crate) ending: Option<String>,
}

impl Shared {
    pub(crate) fn new(record: Record, last_active_at: Timestamp, announced: bool) -> Self {
        let now = Instant::now();
        let ago = Timestamp::now().unix_ms().saturating_sub(last_active_at.unix_ms());
        let ago = std::time::Duration::from_millis(u64::try_from(ago).unwrap_or(0));
        let inner = Inner {
            record,
            slot: None,
            carried: Traffic::default(),
            open: 0,
            pauses: 0,
            last_active: now.checked_sub(ago).unwrap_or(now),
            last_active_at,
            announced,
            ending: None,
        };
        Self {
            inner: Mutex::new(inner),
            unused: Notify::new(),
            moved: Notify::new(),
            destroy: CancellationToken::new(),
            unusable: CancellationToken::new(),
            gone: CancellationToken::new(),
        }
    }

    /// The shared values, briefly.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        // Every change is a single assignment, so that a panic elsewhere leaves nothing half done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn view(&self) -> CapsuleView {
        let inner = self.lock();
        CapsuleView { record: inner.record.clone(), last_active_at: inner.last_active_at }
    }

    pub(crate) fn state(&self) -> State {
        self.lock().record.state
    }

    /// Notes that the capsule is in use now.
    pub(crate) fn touch(&self) {
        self.lock().touch();
    }

    /// Why the capsule ended, or is about to.
    pub(crate) fn ending(&self) -> String {
        self.lock().ending.clone().unwrap_or_else(|| "it was destroyed".to_owned())
    }

    /// Asks for the capsule's destruction.
    pub(crate) fn request_destroy(&self, reason: &str) {
        self.lock().ending.get_or_insert_with(|| reason.to_owned());
        self.destroy.cancel();
    }
}

impl Inner {
    fn touch(&mut self) {
        self.last_active = Instant::now();
        self.last_active_at = record::now();
    }

    /// When the capsule was last used; `None` while it is in use.
    pub(crate) fn idle_since(&self) -> Option<Instant> {
        (self.open == 0).then_some(self.last_active)
    }

    /// Starts the time of inactivity no earlier than this.
    pub(crate) fn active_since(&mut self, at: Instant) {
        self.last_active = self.last_active.max(at);
    }

    pub(crate) fn last_active_at(&self) -> Timestamp {
        self.last_active_at
    }
}

/// Keeps a capsule from being taken for unused: for as long as it is held, and its full timeout from then on.
pub struct ActivityGuard {
    shared: Arc<Shared>,
    /// How often the capsule had been paused when this began.
    pauses: u64,
}

impl ActivityGuard {
    /// Begins a use of the capsule, which has to be running.
    pub(crate) fn new(shared: &Arc<Shared>) -> Result<Self> {
        let mut inner = shared.lock();
        match inner.record.state {
            State::Running => {
                inner.open += 1;
                inner.touch();
                Ok(Self { shared: Arc::clone(shared), pauses: inner.pauses })
            }
            state @ (State::Starting
            | State::Pausing
            | State::Paused
            | State::Resuming
            | State::Stopping
            | State::Stopped
            | State::Failed) => {
                Err(HostError::WrongState { id: inner.record.id.clone(), action: "use", state })
            }
        }
    }

    /// Notes traffic, for the capsule's `last_active_at`.
    pub fn touch(&self) {
        self.shared.touch();
    }

    /// Whether the capsule was paused since this began, or is about to be, which may have cut connections into it.
    #[must_use]
    pub fn was_paused(&self) -> bool {
        let inner = self.shared.lock();
        inner.pauses != self.pauses || inner.record.state == State::Pausing
    }

    /// Returns once the capsule can be used no more, and says why: a stream that waits for it should end then.
    pub async fn ended(&self) -> String {
        self.shared.unusable.cancelled().await;
        self.shared.ending()
    }

    /// Returns once the capsule ends or is paused, and says which: for connections that a pause does not outlive.
    pub async fn interrupted(&self) -> String {
        loop {
            let mut moved = std::pin::pin!(self.shared.moved.notified());
            moved.as_mut().enable();
            match self.shared.state() {
                State::Paused => return "it was paused".to_owned(),
                State::Stopping | State::Stopped | State::Failed => return self.shared.ending(),
                State::Starting | State::Running | State::Pausing | State::Resuming => {}
            }
            tokio::select! {
                () = moved => {}
                reason = self.ended() => return reason,
            }
        }
    }
}

impl Drop for ActivityGuard {
    fn drop(&mut self) {
        let mut inner = self.shared.lock();
        inner.open -= 1;
        inner.touch();
        if inner.open == 0 {
            drop(inner);
            self.shared.unused.notify_one();
        }
    }
}
