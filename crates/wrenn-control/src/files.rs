//! Files of running capsules.

use bytes::Bytes;
use futures_util::Stream;
use wrenn_agent_proto::{
    AgentClient, AgentError, ErrorCode as AgentCode, Range,
    filesystem::{self, EntryInfo},
};
use wrenn_api::{CapsuleId, ErrorCode, FileEntry, FileType, TeamId};

use crate::{Control, ControlError, FileBody, Result, WatchStream, session::during};

impl Control {
    /// Opens a file for reading.
    pub async fn read_file(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        path: &str,
        range: Option<Range>,
    ) -> Result<FileBody> {
        let (agent, guard) = self.agent(team, id).await?;
        let body = during(&guard, agent.read_file(path, range)).await?;
        Ok(FileBody::new(body, guard))
    }

    /// Writes a file whole: it is replaced at once when the last byte has arrived, and left as it was if `data` ends in
    /// an error or before `length` bytes.
    pub async fn write_file<S, E>(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        path: &str,
        length: Option<u64>,
        data: S,
    ) -> Result<()>
    where
        S: Stream<Item = std::result::Result<Bytes, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + Sync + 'static,
    {
        let (agent, guard) = self.agent(team, id).await?;
        match during(&guard, agent.write_file(path, length, data)).await {
            Ok(_) => Ok(()),
            Err(error @ AgentError::Body { .. }) => {
                Err(ControlError::invalid("The upload was cut off. Send the file again.").caused_by(error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What is in a directory, `depth` levels down.
    pub async fn list_dir(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        path: &str,
        depth: u32,
    ) -> Result<Vec<FileEntry>> {
        let (agent, guard) = self.agent(team, id).await?;
        let entries = during(&guard, agent.list_dir(path, depth)).await?;
        Ok(entries.into_iter().map(entry).collect())
    }

    /// Makes a directory and those above it; also answers when it is there.
    pub async fn make_dir(&self, team: &TeamId, id: &CapsuleId, path: &str) -> Result<FileEntry> {
        let (agent, guard) = self.agent(team, id).await?;
        match during(&guard, agent.make_dir(path)).await {
            Ok(made) => Ok(entry(made)),
            Err(error) => match in_the_way(&agent, path).await {
                Some(there) if there.kind == FileType::Directory => Ok(there),
                Some(_) => {
                    let message =
                        format!("Something that is no directory is in the way at {path}. Remove it first.");
                    Err(ControlError::new(ErrorCode::Conflict, message).caused_by(error))
                }
                None if error.code() == Some(AgentCode::AlreadyExists) => {
                    let message = format!("A part of {path} is no directory. Choose another path.");
                    Err(ControlError::new(ErrorCode::Conflict, message).caused_by(error))
                }
                None => Err(error.into()),
            },
        }
    }

    /// What is at a path; a symbolic link is not followed.
    pub async fn stat_path(&self, team: &TeamId, id: &CapsuleId, path: &str) -> Result<FileEntry> {
        let (agent, guard) = self.agent(team, id).await?;
        Ok(entry(during(&guard, agent.stat(path)).await?))
    }

    /// Renames a file or directory.
    pub async fn move_path(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        source: &str,
        destination: &str,
    ) -> Result<FileEntry> {
        let (agent, guard) = self.agent(team, id).await?;
        Ok(entry(during(&guard, agent.move_entry(source, destination)).await?))
    }

    /// Removes a file, or a directory with all that is in it.
    pub async fn remove_path(&self, team: &TeamId, id: &CapsuleId, path: &str) -> Result<()> {
        let (agent, guard) = self.agent(team, id).await?;
        Ok(during(&guard, agent.remove(path)).await?)
    }

    /// Watches a directory. When this returns, every later change is seen.
    pub async fn watch_dir(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        path: &str,
        recursive: bool,
    ) -> Result<WatchStream> {
        let (agent, guard) = self.agent(team, id).await?;
        let changes = during(&guard, agent.watch_dir(path, recursive)).await?;
        Ok(WatchStream::new(changes, guard))
    }
}

/// What kept a directory from being made.
async fn in_the_way(agent: &AgentClient, path: &str) -> Option<FileEntry> {
    agent.stat(path).await.ok().map(entry)
}

fn entry(info: EntryInfo) -> FileEntry {
    let kind = match info.r#type.as_known() {
        Some(filesystem::FileType::FILE_TYPE_DIRECTORY) => FileType::Directory,
        Some(filesystem::FileType::FILE_TYPE_SYMLINK) => FileType::Symlink,
        Some(filesystem::FileType::FILE_TYPE_FILE | filesystem::FileType::FILE_TYPE_UNSPECIFIED) | None => {
            FileType::File
        }
    };
    FileEntry {
        name: info.name,
        path: info.path,
        kind,
        size: info.size.unsigned_abs(),
        mode: info.mode,
        permissions: info.permissions,
        owner: info.owner,
        group: info.group,
        modified_at: info.modified_time.as_option().map_or(0, |time| time.seconds),
        symlink_target: info.symlink_target,
    }
}
