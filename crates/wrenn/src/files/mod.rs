//! Files of a capsule.

mod chunks;
mod download;
mod entries;
mod upload;
mod watch;

use bytes::Bytes;
use http::{Method, header::HeaderValue};

pub use download::Download;
pub use watch::{FileEvent, FileWatcher, WatchFiles};
pub use wrenn_api::WatchEventKind;

use crate::{Capsule, Error, Result, client::Payload};

/// The files of one capsule, by [`Capsule::files`]. Relative paths and `~` begin at the home of `root`.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let files = capsule.files();
/// files.write("/app/main.py", "print('hello')").await?;
/// println!("{}", files.read_to_string("/app/main.py").await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    capsule: &'a Capsule,
}

impl<'a> Files<'a> {
    pub(crate) fn new(capsule: &'a Capsule) -> Self {
        Self { capsule }
    }

    /// Writes a file whole. Missing directories are made; a reader sees the old content or the new, nothing between.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.files().write("/app/main.py", "print('hello')").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn write(&self, path: &str, content: impl Into<Bytes>) -> Result<()> {
        let payload = Payload::Bytes(content.into(), HeaderValue::from_static("application/octet-stream"));
        // The same content at the same place twice is the same as once.
        self.write_call(path).payload(payload).unlimited().idempotent().finish().await
    }

    /// Reads a file whole; [`Files::download`] reads it piece by piece.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let bytes = capsule.files().read("/app/logo.png").await?;
    /// println!("{} bytes", bytes.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read(&self, path: &str) -> Result<Bytes> {
        self.download(path).await?.bytes().await
    }

    /// Reads a text file whole. One that is no UTF-8 is [`Error::Io`].
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.files().read_to_string("/etc/os-release").await?);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read_to_string(&self, path: &str) -> Result<String> {
        let bytes = self.read(path).await?;
        String::from_utf8(bytes.into()).map_err(|error| Error::Io {
            operation: self.capsule.operation(&format!("read {path:?} as text from")),
            source: std::io::Error::new(std::io::ErrorKind::InvalidData, error.utf8_error()),
        })
    }

    fn write_call(&self, path: &str) -> crate::client::Call<'_> {
        let verb = format!("write {path:?} in");
        self.capsule.call(Method::POST, &["files", "write"], &verb).query("path", path)
    }
}
