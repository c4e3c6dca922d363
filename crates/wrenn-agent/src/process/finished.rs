//! Processes that ended lately: who lost the connection at the end can still read how it went.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep, sleep_until};

use super::{running::Process, selector::Selector};

/// For a process that nobody has read to the end, as when the host was away.
const KEEP_UNREAD: Duration = Duration::from_secs(600);
/// For one that somebody did read: the last of it may have been lost on the way.
const KEEP_READ: Duration = Duration::from_secs(5);
/// Few: what is kept lies scattered over the heap and holds whole pages.
const KEEP_COUNT: usize = 64;
const KEEP_BYTES: usize = 2 << 20;
/// How long after the last process memory is given back.
const QUIET: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Default)]
pub(super) struct Finished {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// With the time of the end, the oldest first.
    processes: VecDeque<(Instant, Arc<Process>)>,
    bytes: usize,
    is_tidying: bool,
    /// Something ended since memory was given back.
    is_dirty: bool,
}

impl Finished {
    /// Keeps a process; the oldest ones make room.
    pub(super) fn add(&self, process: Arc<Process>) {
        let mut state = self.lock();
        state.bytes += process.cost();
        state.processes.push_back((Instant::now(), process));
        state.is_dirty = true;
        while state.processes.len() > KEEP_COUNT || state.bytes > KEEP_BYTES {
            state.drop_oldest();
        }
    }

    /// The latest one that matches.
    pub(super) fn find(&self, selector: &Selector) -> Option<Arc<Process>> {
        let state = self.lock();
        let mut latest_first = state.processes.iter().rev().map(|(_, process)| process);
        let found = match selector {
            Selector::Pid(pid) => latest_first.find(|process| process.pid() == *pid),
            Selector::Tag(tag) => latest_first.find(|process| process.tag() == Some(tag)),
        };
        found.cloned()
    }

    /// Sees to it that kept processes go in time and that memory is given back. Where there is nothing to do, nothing
    /// runs and no timer ticks.
    pub(super) fn tidy_later(&self) {
        if std::mem::replace(&mut self.lock().is_tidying, true) {
            return;
        }
        let finished = self.clone();
        tokio::spawn(async move {
            loop {
                let (next, is_dirty) = {
                    let mut state = finished.lock();
                    let Some(next) = state.tidy() else {
                        state.is_tidying = false;
                        break;
                    };
                    (next, state.is_dirty)
                };
                if is_dirty {
                    sleep(QUIET).await;
                    if finished.lock().became_quiet() {
                        give_memory_back();
                    }
                } else {
                    sleep_until(next).await;
                    // What goes now leaves memory to give back.
                    finished.lock().is_dirty = true;
                }
            }
            give_memory_back();
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Drops what was kept long enough; when the next one goes, if one is left.
    fn tidy(&mut self) -> Option<Instant> {
        let now = Instant::now();
        self.processes.retain(|(ended, process)| expiry(*ended, process) > now);
        self.bytes = self.processes.iter().map(|(_, process)| process.cost()).sum();
        self.processes.iter().map(|(ended, process)| expiry(*ended, process)).min()
    }

    /// Whether nothing has ended lately; then what did is dealt with.
    fn became_quiet(&mut self) -> bool {
        let now = Instant::now();
        let is_quiet = self.processes.back().is_none_or(|(ended, _)| *ended + QUIET <= now);
        self.is_dirty &= !is_quiet;
        is_quiet
    }

    fn drop_oldest(&mut self) {
        if let Some((_, process)) = self.processes.pop_front() {
            self.bytes = self.bytes.saturating_sub(process.cost());
        }
    }
}

fn expiry(ended: Instant, process: &Process) -> Instant {
    ended + if process.is_read() { KEEP_READ } else { KEEP_UNREAD }
}

/// The allocator keeps what was freed; a capsule's memory is too dear for that.
#[expect(unsafe_code, reason = "the allocator has no safe interface for this")]
fn give_memory_back() {
    // SAFETY: malloc_trim may be called at any time and from any thread.
    unsafe { libc::malloc_trim(0) };
}
