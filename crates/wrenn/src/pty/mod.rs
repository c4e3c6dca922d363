//! Interactive terminals of a capsule.

mod session;
mod start;

pub use session::{PtyEvent, PtySession, PtyWriter};
pub use start::StartPty;

use crate::{Capsule, Result};

/// The terminals of one capsule, by [`Capsule::pty`].
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let mut terminal = capsule.pty().start().await?;
/// terminal.input("ls -la\n").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Pty<'a> {
    capsule: &'a Capsule,
}

impl<'a> Pty<'a> {
    pub(crate) fn new(capsule: &'a Capsule) -> Self {
        Self { capsule }
    }

    /// Opens a terminal; await it to begin. It goes on when the connection ends, until its program does.
    ///
    /// ```no_run
    /// use wrenn::PtyEvent;
    ///
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut terminal = capsule.pty().start().cmd("/bin/bash").cols(120).rows(40).cwd("/home/user").await?;
    /// terminal.input("exit 3\n").await?;
    /// while let Some(event) = terminal.next().await {
    ///     match event? {
    ///         PtyEvent::Data(bytes) => print!("{}", String::from_utf8_lossy(&bytes)),
    ///         PtyEvent::Exited { exit_code } => println!("exited {exit_code}"),
    ///         _ => {}
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(&self) -> StartPty {
        StartPty::new(self.capsule)
    }

    /// Joins a terminal that runs, by its tag. What it showed last comes first.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut terminal = capsule.pty().connect("my-session-tag").await?;
    /// terminal.input("echo reconnected\n").await?;
    /// terminal.close().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn connect(&self, tag: impl Into<String>) -> Result<PtySession> {
        PtySession::join(self.capsule, tag.into()).await
    }
}
