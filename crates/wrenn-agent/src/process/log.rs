//! What a process wrote: the latest part of it, and all of it for those who read along.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use tokio::{sync::Notify, time::timeout};

use super::status::End;

/// How much of its output a process's log holds.
pub(super) const LIMIT: usize = 1 << 20;
/// What an entry costs besides its bytes, so that many small ones do not go uncounted.
const ENTRY_COST: usize = 64;
/// A reader that has not moved for this many ticks is cut off. Ticks, not a span: the clock runs on while a capsule
/// is frozen.
const PATIENCE: u32 = 12;
const TICK: Duration = Duration::from_secs(5);

/// Where output came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Stdout,
    Stderr,
    Pty,
}

/// Some output, in one piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    pub(super) source: Source,
    pub(super) bytes: Bytes,
}

impl Chunk {
    fn cost(&self) -> usize {
        self.bytes.len() + ENTRY_COST
    }
}

/// The next thing for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Output(Chunk),
    /// The process has ended and all output was read.
    End(End),
    /// The reader stood still for too long and was cut off.
    CutOff,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    state: Mutex<State>,
    /// Something was added.
    news: Notify,
    /// A reader moved or left.
    room: Notify,
}

#[derive(Debug, Default)]
struct State {
    chunks: VecDeque<Chunk>,
    /// The number of the first chunk.
    first: u64,
    cost: usize,
    /// The number of the chunk that each reader reads next.
    readers: HashMap<u64, u64>,
    next_reader: u64,
    end: Option<End>,
    /// A reader has come to the end.
    is_read: bool,
}

impl Log {
    /// Adds output. Waits as long as a reader still needs what would have to make room for it.
    pub(super) async fn append(&self, chunk: Chunk) {
        let mut ticks = 0;
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            room.as_mut().enable();
            if self.lock().try_append(&chunk) {
                self.news.notify_waiters();
                return;
            }
            match timeout(TICK, room).await {
                Ok(()) => ticks = 0,
                Err(_) => ticks += 1,
            }
            if ticks >= PATIENCE {
                self.lock().cut_off_slowest();
                self.news.notify_waiters();
            }
        }
    }

    /// Adds the end, after which nothing comes.
    pub(super) fn finish(&self, end: End) {
        self.lock().end = Some(end);
        self.news.notify_waiters();
    }

    /// Reads everything that is kept and everything that follows.
    pub(super) fn reader(self: &Arc<Self>) -> Reader {
        let mut state = self.lock();
        let id = state.next_reader;
        state.next_reader += 1;
        let first = state.first;
        state.readers.insert(id, first);
        Reader { log: Arc::clone(self), id }
    }

    /// What is kept, in bytes of memory.
    pub(super) fn cost(&self) -> usize {
        self.lock().cost
    }

    /// Whether a reader has come to the end.
    pub(super) fn is_read(&self) -> bool {
        self.lock().is_read
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn try_append(&mut self, chunk: &Chunk) -> bool {
        let needed = self.slowest();
        while self.cost + chunk.cost() > LIMIT && needed.is_none_or(|needed| needed > self.first) {
            let Some(gone) = self.chunks.pop_front() else { break };
            self.cost -= gone.cost();
            self.first += 1;
        }
        if self.cost + chunk.cost() > LIMIT && !self.chunks.is_empty() {
            return false;
        }
        self.cost += chunk.cost();
        self.chunks.push_back(chunk.clone());
        true
    }

    fn slowest(&self) -> Option<u64> {
        self.readers.values().min().copied()
    }

    fn cut_off_slowest(&mut self) {
        if let Some(slowest) = self.slowest() {
            self.readers.retain(|_, next| *next > slowest);
        }
    }

    /// The next item of a reader, if there is one; whether it made the reader move.
    fn take(&mut self, reader: u64) -> Option<Item> {
        let Some(next) = self.readers.get_mut(&reader) else { return Some(Item::CutOff) };
        let index = usize::try_from(*next - self.first).unwrap_or(usize::MAX);
        match self.chunks.get(index) {
            Some(chunk) => {
                *next += 1;
                Some(Item::Output(chunk.clone()))
            }
            None => {
                let end = self.end.clone()?;
                self.is_read = true;
                Some(Item::End(end))
            }
        }
    }
}

/// Reads a log from one place to its end. Others are held up by it only while it lives.
#[derive(Debug)]
pub(super) struct Reader {
    log: Arc<Log>,
    id: u64,
}

impl Reader {
    /// The next item; [`Item::End`] and [`Item::CutOff`] again and again. Cancel-safe.
    pub(super) async fn next(&mut self) -> Item {
        loop {
            let news = self.log.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let item = self.log.lock().take(self.id);
            if let Some(item) = item {
                self.log.room.notify_waiters();
                return item;
            }
            news.await;
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.log.lock().readers.remove(&self.id);
        self.log.room.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(size: usize, fill: u8) -> Chunk {
        Chunk { source: Source::Stdout, bytes: Bytes::from(vec![fill; size]) }
    }

    fn fill_of(item: &Item) -> Option<u8> {
        match item {
            Item::Output(chunk) => chunk.bytes.first().copied(),
            Item::End(_) | Item::CutOff => None,
        }
    }

    #[tokio::test]
    async fn without_readers_the_latest_output_is_kept() {
        let log = Arc::new(Log::default());
        for n in 0..100 {
            log.append(chunk(LIMIT / 10, n)).await;
        }
        assert!(log.cost() <= LIMIT);
        log.finish(End::default());
        let mut reader = log.reader();
        let mut seen = Vec::new();
        while let Some(fill) = fill_of(&reader.next().await) {
            seen.push(fill);
        }
        assert_eq!(seen, (91..100).collect::<Vec<u8>>());
        assert_eq!(reader.next().await, Item::End(End::default()));
    }

    #[tokio::test]
    async fn a_slow_reader_holds_the_writer_and_misses_nothing() {
        let log = Arc::new(Log::default());
        let mut reader = log.reader();
        let writer = tokio::spawn({
            let log = Arc::clone(&log);
            async move {
                for n in 0..200 {
                    log.append(chunk(LIMIT / 10, n)).await;
                }
                log.finish(End::default());
            }
        });
        for n in 0..200 {
            tokio::task::yield_now().await;
            assert_eq!(fill_of(&reader.next().await), Some(n));
            assert!(log.cost() <= LIMIT);
        }
        assert_eq!(reader.next().await, Item::End(End::default()));
        writer.await.expect("the writer ended");
    }

    #[tokio::test(start_paused = true)]
    async fn a_reader_that_stands_still_is_cut_off_and_others_go_on() {
        let log = Arc::new(Log::default());
        let mut stopped = log.reader();
        let mut moving = log.reader();
        let reading = tokio::spawn(async move {
            let mut count = 0;
            while let Item::Output(_) = moving.next().await {
                count += 1;
            }
            count
        });
        for n in 0..50 {
            log.append(chunk(LIMIT / 10, n)).await;
        }
        log.finish(End::default());
        assert_eq!(reading.await.expect("the reader ended"), 50);
        assert_eq!(stopped.next().await, Item::CutOff);
    }

    #[tokio::test]
    async fn a_reader_that_leaves_frees_the_writer() {
        let log = Arc::new(Log::default());
        let reader = log.reader();
        let writer = tokio::spawn({
            let log = Arc::clone(&log);
            async move {
                for n in 0..50 {
                    log.append(chunk(LIMIT / 10, n)).await;
                }
            }
        });
        tokio::task::yield_now().await;
        assert!(!writer.is_finished());
        drop(reader);
        writer.await.expect("the writer ended");
    }

    #[tokio::test]
    async fn many_small_entries_are_bounded_too() {
        let log = Log::default();
        for _ in 0..100_000 {
            log.append(chunk(1, 0)).await;
        }
        assert!(log.lock().chunks.len() <= LIMIT / ENTRY_COST);
    }
}
