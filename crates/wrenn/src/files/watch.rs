//! Changes of files as they happen.

use std::{
    future::IntoFuture,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::{FutureExt, Stream, StreamExt, future::BoxFuture};

use super::Files;
use crate::{
    Capsule, Error, Result,
    api::{WatchEventKind, WatchServerMessage as FromServer},
    stream::{Incoming, Receiver, Sender, open},
};

impl Files<'_> {
    /// Reports what changes in a directory; await it to begin.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut changes = capsule.files().watch("/app").recursive(true).await?;
    /// while let Some(change) = changes.next().await {
    ///     let change = change?;
    ///     println!("{:?} {}", change.kind, change.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn watch(&self, path: impl Into<String>) -> WatchFiles {
        WatchFiles { capsule: self.capsule.clone(), path: path.into(), recursive: false }
    }
}

/// A watch in preparation, by [`Files::watch`]; await it to begin.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let changes = capsule.files().watch("/app").recursive(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to begin watching"]
pub struct WatchFiles {
    capsule: Capsule,
    path: String,
    recursive: bool,
}

impl WatchFiles {
    /// Whether directories below are watched too, also those that appear later (no).
    pub fn recursive(mut self, recursive: bool) -> Self {
        self.recursive = recursive;
        self
    }

    async fn run(self) -> Result<FileWatcher> {
        let operation = self.capsule.operation(&format!("watch {:?} in", self.path));
        let recursive = if self.recursive { "true" } else { "false" };
        let query = [("path", &*self.path), ("recursive", recursive)];
        let segments = self.capsule.segments(&["files", "watch"]);
        let (sender, receiver) = open(self.capsule.client(), &segments, &query, operation).await?;
        let mut watcher = FileWatcher { receiver, _sender: sender };
        // What happens after this returns is reported, so the server's word that it watches is waited for.
        match std::future::poll_fn(|cx| watcher.receiver.poll(cx)).await {
            Some(Ok(Incoming::Json(FromServer::Started))) => Ok(watcher),
            Some(Ok(Incoming::Json(FromServer::Error { data }))) => Err(watcher.failed(data)),
            Some(Err(error)) => Err(error),
            Some(Ok(_)) | None => Err(watcher.failed("the server did not say that it watches".into())),
        }
    }
}

impl IntoFuture for WatchFiles {
    type Output = Result<FileWatcher>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileEvent {
    /// What happened.
    pub kind: WatchEventKind,
    /// To what: its path relative to the watched directory.
    pub name: String,
}

/// The changes in a directory as they happen, by [`Files::watch`]. Dropping it ends the watch.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let mut changes = capsule.files().watch("/app").await?;
/// capsule.files().write("/app/new.txt", "").await?;
/// println!("{:?}", changes.next().await);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FileWatcher {
    receiver: Receiver,
    /// Kept so that the connection stays open in both directions.
    _sender: Sender,
}

impl FileWatcher {
    /// The next change. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<FileEvent>> {
        StreamExt::next(self).await
    }

    fn failed(&mut self, message: String) -> Error {
        self.receiver.finish();
        Error::Stream { operation: self.receiver.operation().to_owned(), message }
    }
}

impl Stream for FileWatcher {
    type Item = Result<FileEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            return Poll::Ready(match ready!(self.receiver.poll(cx)) {
                Some(Ok(Incoming::Json(FromServer::Event { event, name }))) => {
                    Some(Ok(FileEvent { kind: event, name }))
                }
                Some(Ok(Incoming::Json(FromServer::Error { data }))) => Some(Err(self.failed(data))),
                Some(Ok(Incoming::Json(FromServer::Started) | Incoming::Binary(_))) => continue,
                Some(Err(error)) => Some(Err(error)),
                None => None,
            });
        }
    }
}
