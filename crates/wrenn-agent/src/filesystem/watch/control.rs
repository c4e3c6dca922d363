//! How a watch's owner reaches its thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::event::{EventfdFlags, eventfd};
use tokio::sync::oneshot;

/// Requests to a watch's thread; clones share them.
#[derive(Debug, Clone)]
pub(super) struct Control {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    wake: OwnedFd,
    stopped: AtomicBool,
    flushes: Mutex<Vec<oneshot::Sender<()>>>,
}

impl Control {
    pub(super) fn new() -> io::Result<Self> {
        let wake = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let (stopped, flushes) = (AtomicBool::new(false), Mutex::default());
        Ok(Self { inner: Arc::new(Inner { wake, stopped, flushes }) })
    }

    /// Ends the thread.
    pub(super) fn stop(&self) {
        self.inner.stopped.store(true, Ordering::Release);
        self.wake();
    }

    /// Completes when all that happened until now has been sent, or the thread has ended.
    pub(super) fn flush(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        self.flushes().push(sender);
        self.wake();
        receiver
    }

    /// Whether [`Self::stop`] was called. For the thread, as all below.
    pub(super) fn stopped(&self) -> bool {
        self.inner.stopped.load(Ordering::Acquire)
    }

    /// The flushes asked for since the last call. To be taken before the news are read that they wait for.
    pub(super) fn take_flushes(&self) -> Vec<oneshot::Sender<()>> {
        let mut count = [0; 8];
        // It only tells that there is something to do; nothing to read is as good.
        let _ = rustix::io::read(&self.inner.wake, &mut count);
        std::mem::take(&mut *self.flushes())
    }

    fn wake(&self) {
        // Fails only when it is up already.
        let _ = rustix::io::write(&self.inner.wake, &1_u64.to_ne_bytes());
    }

    fn flushes(&self) -> std::sync::MutexGuard<'_, Vec<oneshot::Sender<()>>> {
        self.inner.flushes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Readable when there is a request.
impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.wake.as_fd()
    }
}
