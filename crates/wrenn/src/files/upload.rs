//! Files that are too large to hold in memory, on their way in.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use bytes::Bytes;
use futures_util::{Stream, TryStream, TryStreamExt, stream};

use super::{Files, chunks};
use crate::{Error, Result, client::Payload};

impl Files<'_> {
    /// Copies a local file into the capsule, in constant memory.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.files().upload_file("data.tar", "/data/data.tar").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload_file(&self, local: impl AsRef<Path>, path: &str) -> Result<()> {
        let local = local.as_ref().to_owned();
        let failed = |source| Error::Io { operation: format!("open {}", local.display()), source };
        let opening = local.clone();
        let open = move || {
            let file = File::open(opening)?;
            let length = file.metadata()?;
            Ok((file, length.is_file().then_some(length.len())))
        };
        let opened =
            tokio::task::spawn_blocking(open).await.map_err(io::Error::other).and_then(|opened| opened);
        let (file, length) = opened.map_err(failed)?;
        self.upload_reader(file, length, path).await
    }

    /// Copies all that a reader gives into a file of the capsule, in constant memory. The reader is read on a thread for
    /// blocking work. A known length spares the transfer its framing; a reader that then ends earlier is an error.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.files().upload_reader(std::io::stdin(), None, "/data/input").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload_reader(
        &self,
        reader: impl Read + Send + 'static,
        length: Option<u64>,
        path: &str,
    ) -> Result<()> {
        let (chunks, failure) = chunks::read(reader, length);
        let chunks =
            stream::unfold(chunks, async |mut chunks| chunks.recv().await.map(|chunk| (chunk, chunks)));
        let outcome = self.send_stream(Box::pin(chunks), length, path).await;
        match failure.get() {
            Some(error) if outcome.is_err() => Err(Error::Io {
                operation: self.capsule.operation(&format!("read the source for {path:?} in")),
                source: io::Error::new(error.kind(), error.to_string()),
            }),
            _ => outcome,
        }
    }

    /// Copies all that a stream gives into a file of the capsule. Nothing is at the path before the stream has ended
    /// well: when it gives an error, or this future is dropped, the old file stays.
    ///
    /// ```no_run
    /// use futures_util::stream;
    ///
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let chunks = stream::iter(["large ", "file ", "content"].map(Ok::<_, std::io::Error>));
    /// capsule.files().upload_stream(chunks, "/data/large.txt").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload_stream<S, C, E>(&self, chunks: S, path: &str) -> Result<()>
    where
        S: Stream<Item = std::result::Result<C, E>> + Send + 'static,
        C: Into<Bytes> + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        self.send_stream(chunks.map_ok(Into::into), None, path).await
    }

    async fn send_stream<S>(&self, chunks: S, length: Option<u64>, path: &str) -> Result<()>
    where
        S: TryStream<Ok = Bytes> + Send + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let payload = Payload::Stream(reqwest::Body::wrap_stream(chunks), length);
        self.write_call(path).payload(payload).unlimited().finish().await
    }
}
