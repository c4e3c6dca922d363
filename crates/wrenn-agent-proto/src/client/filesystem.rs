//! Files and directories: look, make, move, remove, watch.

use buffa::Message as _;

use super::{AgentClient, AgentError, call::CallOptions, envelope::Envelopes};
use crate::filesystem::{
    __buffa::oneof::watch_dir_response::Event, EntryInfo, FilesystemEvent, ListDirRequest, ListDirResponse,
    MakeDirRequest, MakeDirResponse, MoveRequest, MoveResponse, RemoveRequest, RemoveResponse, StatRequest,
    StatResponse, WatchDirRequest, WatchDirResponse,
};

impl AgentClient {
    /// What is at a path.
    ///
    /// # Errors
    /// `NotFound` when nothing is.
    pub async fn stat(&self, path: &str) -> Result<EntryInfo, AgentError> {
        let request = StatRequest { path: path.to_owned(), ..Default::default() };
        let answer: StatResponse = self.unary("filesystem.Filesystem/Stat", &request).await?;
        entry("filesystem.Filesystem/Stat", answer.entry.into_option())
    }

    /// Makes a directory and those above it.
    ///
    /// # Errors
    /// `AlreadyExists` when the directory is there, `InvalidArgument` when a file is.
    pub async fn make_dir(&self, path: &str) -> Result<EntryInfo, AgentError> {
        let request = MakeDirRequest { path: path.to_owned(), ..Default::default() };
        let answer: MakeDirResponse = self.unary("filesystem.Filesystem/MakeDir", &request).await?;
        entry("filesystem.Filesystem/MakeDir", answer.entry.into_option())
    }

    /// Renames a file or directory.
    ///
    /// # Errors
    /// `NotFound` when the source is not there.
    pub async fn move_entry(&self, source: &str, destination: &str) -> Result<EntryInfo, AgentError> {
        let (source, destination) = (source.to_owned(), destination.to_owned());
        let request = MoveRequest { source, destination, ..Default::default() };
        let answer: MoveResponse = self.unary("filesystem.Filesystem/Move", &request).await?;
        entry("filesystem.Filesystem/Move", answer.entry.into_option())
    }

    /// What is in a directory, `depth` levels down.
    ///
    /// # Errors
    /// `NotFound` when it is not there, `InvalidArgument` when it is no directory.
    pub async fn list_dir(&self, path: &str, depth: u32) -> Result<Vec<EntryInfo>, AgentError> {
        let request = ListDirRequest { path: path.to_owned(), depth, ..Default::default() };
        let answer: ListDirResponse = self.unary("filesystem.Filesystem/ListDir", &request).await?;
        Ok(answer.entries)
    }

    /// Removes a file, or a directory with all that is in it.
    ///
    /// # Errors
    /// `NotFound` when it is not there.
    pub async fn remove(&self, path: &str) -> Result<(), AgentError> {
        let request = RemoveRequest { path: path.to_owned(), ..Default::default() };
        let _: RemoveResponse = self.unary("filesystem.Filesystem/Remove", &request).await?;
        Ok(())
    }

    /// Watches a directory. When this returns, every later change is seen.
    ///
    /// # Errors
    /// `NotFound` when it is not there, `InvalidArgument` when it is no directory.
    pub async fn watch_dir(&self, path: &str, recursive: bool) -> Result<WatchStream, AgentError> {
        const METHOD: &str = "filesystem.Filesystem/WatchDir";
        let request = WatchDirRequest { path: path.to_owned(), recursive, ..Default::default() };
        let mut envelopes = self.server_stream(METHOD, &request, CallOptions::default()).await?;
        // The first message says that the watch is set up.
        if envelopes.next().await?.is_none() {
            return Err(AgentError::malformed(METHOD, "it ended before it began"));
        }
        Ok(WatchStream { envelopes })
    }
}

/// The changes in a watched directory. Dropping it ends the watch.
#[derive(Debug)]
pub struct WatchStream {
    envelopes: Envelopes,
}

impl WatchStream {
    /// The next change; `None` when the agent ended the watch. Cancel-safe.
    ///
    /// # Errors
    /// `ResourceExhausted` when changes came faster than they could be kept, [`AgentError::ConnectionLost`].
    pub async fn next(&mut self) -> Result<Option<FilesystemEvent>, AgentError> {
        while let Some(mut message) = self.envelopes.next().await? {
            let operation = self.envelopes.operation();
            let answer = WatchDirResponse::decode(&mut message)
                .map_err(|error| AgentError::malformed(operation, error))?;
            if let Some(Event::Filesystem(event)) = answer.event {
                return Ok(Some(*event));
            }
        }
        Ok(None)
    }
}

fn entry(operation: &str, entry: Option<EntryInfo>) -> Result<EntryInfo, AgentError> {
    entry.ok_or_else(|| AgentError::malformed(operation, "there is no entry in it"))
}
