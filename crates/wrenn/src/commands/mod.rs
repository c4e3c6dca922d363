//! Commands and processes of a capsule.

mod exec;
mod options;
mod output;
mod start;
mod stream;

use std::fmt::Display;

use http::Method;

pub use exec::Exec;
pub use output::CommandOutput;
pub use start::Start;
pub use stream::{CommandEvent, CommandInput, CommandStream, StreamCommand};
pub use wrenn_api::Signal;

use crate::{Capsule, Result, api};

/// The commands and processes of one capsule, by [`Capsule::commands`].
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let output = capsule.commands().exec("python3").args(["-c", "print(42)"]).await?;
/// assert_eq!(output.stdout, "42\n");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Commands<'a> {
    capsule: &'a Capsule,
}

impl<'a> Commands<'a> {
    pub(crate) fn new(capsule: &'a Capsule) -> Self {
        Self { capsule }
    }

    /// Runs a command to its end and returns what it printed. The program is executed directly, not through a shell.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let output = capsule.commands().exec("sh").args(["-c", "echo $GREETING"]).env("GREETING", "hi").await?;
    /// println!("{} {}", output.exit_code, output.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn exec(&self, command: impl Into<String>) -> Exec {
        Exec::new(self.capsule, command.into())
    }

    /// Starts a command that goes on by itself, also when this program has ended.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let process = capsule.commands().start("python3").args(["-m", "http.server"]).tag("web").await?;
    /// println!("{} {}", process.pid, process.tag);
    /// # Ok(())
    /// # }
    /// ```
    pub fn start(&self, command: impl Into<String>) -> Start {
        Start::new(self.capsule, command.into())
    }

    /// Starts a command and follows its output as it comes.
    ///
    /// ```no_run
    /// use wrenn::CommandEvent;
    ///
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut events = capsule.commands().stream("ping").args(["-c", "3", "localhost"]).await?;
    /// while let Some(event) = events.next().await {
    ///     if let CommandEvent::Stdout(bytes) = event? {
    ///         print!("{}", String::from_utf8_lossy(&bytes));
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn stream(&self, command: impl Into<String>) -> StreamCommand {
        StreamCommand::new(self.capsule, command.into())
    }

    /// Follows a process that runs, by its id or tag: first what it has printed lately, then what it prints. Any number
    /// of followers may come and go; none of them harms the process.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let mut events = capsule.commands().attach("web").await?;
    /// while let Some(event) = events.next().await {
    ///     println!("{:?}", event?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn attach(&self, selector: impl Display) -> Result<CommandStream> {
        CommandStream::attach(self.capsule, &selector.to_string()).await
    }

    /// The same as [`Commands::attach`], by the name that the TypeScript SDK has for it.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let connection = capsule.commands().stream_process("web-server").await?;
    /// connection.ping().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stream_process(&self, selector: impl Display) -> Result<CommandStream> {
        self.attach(selector).await
    }

    /// The processes that were started through the API and still run.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// for process in capsule.commands().list().await? {
    ///     println!("{} {:?} {}", process.pid, process.tag, process.cmd);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list(&self) -> Result<Vec<api::ProcessEntry>> {
        let call = self.capsule.call(Method::GET, &["processes"], "list processes of");
        Ok(call.receive::<api::ProcessListResponse>().await?.processes)
    }

    /// Ends a process and all that it started, by its id or tag.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.commands().kill("web-server", wrenn::Signal::Term).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn kill(&self, selector: impl Display, signal: Signal) -> Result<()> {
        let selector = selector.to_string();
        let operation = format!("kill process {selector:?} of");
        let call = self.capsule.call(Method::DELETE, &["processes", &selector], &operation);
        call.query("signal", &signal.to_string()).finish().await
    }
}
