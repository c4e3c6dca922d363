//! The reading of a source in large chunks, whose memory is used again and again.

use std::{
    io::{self, Read},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use bytes::Bytes;
use tokio::sync::mpsc;

/// Large enough that the cost of a chunk is that of its bytes; small enough to stay in the processor's cache.
const CHUNK_BYTES: usize = 512 * 1024;
/// Chunks that may wait for the network; together with those in use they bound the memory of an upload.
const CHUNKS_AHEAD: usize = 4;

/// Why the source could not be read further, once that has happened.
pub(super) type Failure = Arc<OnceLock<io::Error>>;

/// Reads `source` on a thread of its own until its end or `limit` bytes. The channel closes at the end; it also closes
/// when reading fails, after an error that [`Failure`] explains. Dropping the receiver ends the reading.
pub(super) fn read(
    source: impl Read + Send + 'static,
    limit: Option<u64>,
) -> (mpsc::Receiver<io::Result<Bytes>>, Failure) {
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    let failure = Failure::default();
    let told = failure.clone();
    tokio::task::spawn_blocking(move || {
        let pool = Arc::new(Pool::default());
        let mut source = source.take(limit.unwrap_or(u64::MAX));
        loop {
            match pool.fill(&mut source) {
                Ok(chunk) if chunk.is_empty() => return,
                Ok(chunk) => {
                    if sender.blocking_send(Ok(chunk)).is_err() {
                        return;
                    }
                }
                Err(error) => {
                    let kind = error.kind();
                    let _ = told.set(error);
                    let _ = sender.blocking_send(Err(kind.into()));
                    return;
                }
            }
        }
    });
    (receiver, failure)
}

/// Buffers that are not in use.
#[derive(Default)]
struct Pool {
    spare: Mutex<Vec<Box<[u8]>>>,
}

impl Pool {
    /// Fills a buffer from the source as far as it goes; empty at the source's end. What a pipe or a terminal has ready
    /// is not held back until the buffer is full.
    fn fill(self: &Arc<Self>, source: &mut impl Read) -> io::Result<Bytes> {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut buffer = spare.unwrap_or_else(|| vec![0; CHUNK_BYTES].into_boxed_slice());
        let length = loop {
            match source.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                outcome => break outcome?,
            }
        };
        Ok(Bytes::from_owner(Chunk { buffer, length, pool: self.clone() }))
    }
}

/// A filled buffer, which goes back to its pool when the network is done with it.
struct Chunk {
    buffer: Box<[u8]>,
    length: usize,
    pool: Arc<Pool>,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        self.pool.spare.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_source_arrives_whole_in_bounded_memory() {
        let content: Vec<u8> = (0..3_000_001_u32).map(|i| (i % 251) as u8).collect();
        let (mut chunks, failure) = read(io::Cursor::new(content.clone()), None);
        let mut arrived = Vec::new();
        while let Some(chunk) = chunks.recv().await {
            arrived.extend_from_slice(&chunk.expect("readable"));
        }
        assert!(arrived == content && failure.get().is_none());
    }

    #[tokio::test]
    async fn no_more_than_the_limit_is_read() {
        let (mut chunks, _) = read(io::repeat(7), Some(1_000_000));
        let mut length = 0;
        while let Some(chunk) = chunks.recv().await {
            length += chunk.expect("readable").len();
        }
        assert_eq!(length, 1_000_000);
    }

    #[tokio::test]
    async fn a_failure_is_told_with_its_cause() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is on fire"))
            }
        }
        let (mut chunks, failure) = read(Broken, None);
        assert!(chunks.recv().await.expect("an item").is_err());
        assert!(chunks.recv().await.is_none());
        assert_eq!(failure.get().expect("told").to_string(), "the disk is on fire");
    }
}
