//! Files on their way out.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use http::{Method, header::HeaderValue};
use tokio::sync::mpsc;

use super::Files;
use crate::{Error, Result, api, client::broken};

/// Chunks that may wait for the disk.
const CHUNKS_AHEAD: usize = 4;

impl Files<'_> {
    /// Reads a file piece by piece, in constant memory.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut chunks = capsule.files().download("/data/large.txt").await?;
    /// while let Some(chunk) = chunks.next().await {
    ///     println!("{} bytes", chunk?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download(&self, path: &str) -> Result<Download> {
        self.start_download(path, None).await
    }

    /// Reads a file from a position on, up to a number of bytes.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let tail = capsule.files().download_range("/data/large.txt", 1_000, Some(16)).await?.bytes().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_range(&self, path: &str, start: u64, length: Option<u64>) -> Result<Download> {
        let end = length.map(|length| (start + length.max(1) - 1).to_string()).unwrap_or_default();
        self.start_download(path, HeaderValue::try_from(format!("bytes={start}-{end}")).ok()).await
    }

    /// Copies a file of the capsule to a local path, which holds the whole file or what it held before.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let length = capsule.files().download_file("/data/result.tar", "result.tar").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_file(&self, path: &str, local: impl AsRef<Path>) -> Result<u64> {
        let download = self.download(path).await?;
        let operation = format!("write {}", local.as_ref().display());
        let failed = |source| Error::Io { operation: operation.clone(), source };
        let partial = Partial::beside(local.as_ref());
        let file = File::create_new(&partial.path).map_err(failed)?;
        let length = download.write_to(file).await?;
        partial.finish(local.as_ref()).map_err(failed)?;
        Ok(length)
    }

    async fn start_download(&self, path: &str, range: Option<HeaderValue>) -> Result<Download> {
        let verb = format!("read {path:?} from");
        let request = api::ReadFileRequest { path: path.to_owned() };
        let mut call = self.capsule.call(Method::POST, &["files", "read"], &verb).json(&request);
        if let Some(range) = range {
            call = call.header(http::header::RANGE, range);
        }
        let answer = call.idempotent().unlimited().send().await?;
        Ok(Download {
            length: answer.content_length(),
            chunks: Box::pin(answer.bytes_stream()),
            operation: self.capsule.operation(&verb),
            server: self.capsule.client().base_url().to_owned(),
        })
    }
}

/// The content of a file as it arrives, by [`Files::download`]. Dropping it ends the transfer.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let download = capsule.files().download("/data/large.txt").await?;
/// println!("{:?} bytes to come", download.length());
/// download.write_to(std::io::stdout()).await?;
/// # Ok(())
/// # }
/// ```
pub struct Download {
    chunks: Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>,
    length: Option<u64>,
    operation: String,
    server: String,
}

impl Download {
    /// The bytes that are to come, when the server knows.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The next piece; `None` at the end of the file.
    pub async fn next(&mut self) -> Option<Result<Bytes>> {
        StreamExt::next(self).await
    }

    /// All of it.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let Some(first) = self.next().await.transpose()? else { return Ok(Bytes::new()) };
        let Some(second) = self.next().await.transpose()? else { return Ok(first) };
        let length = self.length.and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut whole = BytesMut::with_capacity(length.max(first.len() + second.len()));
        whole.extend_from_slice(&first);
        whole.extend_from_slice(&second);
        while let Some(chunk) = self.next().await {
            whole.extend_from_slice(&chunk?);
        }
        Ok(whole.freeze())
    }

    /// Writes all of it on a thread for blocking work, and returns its length.
    pub async fn write_to(mut self, mut writer: impl Write + Send + 'static) -> Result<u64> {
        let (sender, mut receiver) = mpsc::channel::<Bytes>(CHUNKS_AHEAD);
        let writing = tokio::task::spawn_blocking(move || {
            let mut length = 0;
            while let Some(chunk) = receiver.blocking_recv() {
                writer.write_all(&chunk)?;
                length += chunk.len() as u64;
            }
            writer.flush().map(|()| length)
        });
        while let Some(chunk) = self.next().await {
            if sender.send(chunk?).await.is_err() {
                break;
            }
        }
        drop(sender);
        let outcome = writing.await.map_err(io::Error::other).and_then(|outcome| outcome);
        outcome
            .map_err(|source| Error::Io { operation: format!("{}: write it here", self.operation), source })
    }
}

impl Stream for Download {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let chunk = self.chunks.poll_next_unpin(cx);
        chunk.map(|chunk| {
            chunk.map(|chunk| chunk.map_err(|error| broken(&self.operation, &self.server, None, error)))
        })
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// A file that is being written; removed when it does not become whole.
struct Partial {
    path: PathBuf,
    whole: bool,
}

impl Partial {
    /// A path that nobody else uses, in the directory of `target`, so that the last step is a rename.
    fn beside(target: &Path) -> Self {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let path = target.with_file_name(format!(".{name}.{}-{number}.partial", std::process::id()));
        Self { path, whole: false }
    }

    fn finish(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.whole = true;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.whole {
            // Best effort: the cause of the failure is what the caller learns.
            let _ = fs::remove_file(&self.path);
        }
    }
}
