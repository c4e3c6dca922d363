//! Directories and what is in them.

use http::Method;
use serde::Serialize;

use super::Files;
use crate::{Error, FileEntry, Result, api, client::Call};

impl Files<'_> {
    /// Lists a directory.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// for entry in capsule.files().list("/app").await? {
    ///     println!("{} {:?} {}", entry.name, entry.kind, entry.size);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list(&self, path: &str) -> Result<Vec<FileEntry>> {
        self.list_depth(path, 1).await
    }

    /// Lists a directory and those below it, down to a depth; 1 is the directory alone.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let entries = capsule.files().list_depth("/app", 3).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list_depth(&self, path: &str, depth: u32) -> Result<Vec<FileEntry>> {
        let request = api::ListDirRequest { path: path.to_owned(), depth: Some(depth) };
        let call = self.entry_call("list", path, &request);
        Ok(call.idempotent().receive::<api::ListDirResponse>().await?.entries)
    }

    /// Makes a directory and those above it. No error when it is there already.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let entry = capsule.files().mkdir("/app/data").await?;
    /// println!("{}", entry.permissions);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn mkdir(&self, path: &str) -> Result<FileEntry> {
        let call = self.entry_call("mkdir", path, &api::MakeDirRequest { path: path.to_owned() });
        Ok(call.idempotent().receive::<api::MakeDirResponse>().await?.entry)
    }

    /// Removes a file, or a directory with all that it holds.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.files().remove("/app/old_data").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn remove(&self, path: &str) -> Result<()> {
        self.entry_call("remove", path, &api::RemoveRequest { path: path.to_owned() }).finish().await
    }

    /// Looks at a file, directory or symbolic link, which is not followed.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let entry = capsule.files().stat("/app/main.py").await?;
    /// println!("{} bytes, written at {}", entry.size, entry.modified_at);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stat(&self, path: &str) -> Result<FileEntry> {
        let call = self.entry_call("stat", path, &api::StatRequest { path: path.to_owned() });
        Ok(call.idempotent().receive::<api::StatResponse>().await?.entry)
    }

    /// Whether there is anything at a path, be it a symbolic link that leads nowhere.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// if !capsule.files().exists("/app/main.py").await? {
    ///     capsule.files().write("/app/main.py", "print('hello')").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn exists(&self, path: &str) -> Result<bool> {
        match self.stat(path).await {
            Ok(_) => Ok(true),
            Err(Error::NotFound(_)) => {
                // The same answer means that the capsule is gone; then it is the caller's business.
                self.capsule.info().await.map(|_| false)
            }
            Err(error) => Err(error),
        }
    }

    /// Moves or renames a file or directory.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let entry = capsule.files().move_("/app/draft.txt", "/app/final.txt").await?;
    /// println!("{}", entry.path);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn move_(&self, source: &str, destination: &str) -> Result<FileEntry> {
        let request = api::MoveRequest { source: source.to_owned(), destination: destination.to_owned() };
        Ok(self.entry_call("move", source, &request).receive::<api::MoveResponse>().await?.entry)
    }

    fn entry_call(&self, verb: &str, path: &str, request: &impl Serialize) -> Call<'_> {
        let operation = format!("{verb} {path:?} in");
        self.capsule.call(Method::POST, &["files", verb], &operation).json(request)
    }
}
