//! The git of a capsule.

mod branches;
mod command;
mod credentials;
mod history;
mod remotes;
mod repository;
mod staging;

pub use branches::{GitBranch, GitCheckout, GitReset, GitRestore};
pub use command::GitCommand;
pub use credentials::GitCredentials;
pub use history::{GitDiff, GitLog};
pub use remotes::{GitPull, GitPush};
pub use repository::{GitClone, GitInit};
pub use staging::{GitAdd, GitCommit};

use crate::Capsule;

/// The git of one capsule, by [`Capsule::git`]. Every method runs the real git inside and returns its output: whether it
/// succeeded is in [`exit_code`](crate::CommandOutput::exit_code), only a command that could not be run is an error.
///
/// Names of branches, remotes and revisions that begin with a hyphen are refused, so that none is taken for an option.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let git = capsule.git();
/// git.clone("https://github.com/org/repo.git").path("/app/repo").branch("main").await?;
/// println!("{}", git.status().cwd("/app/repo").await?.stdout);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Git<'a> {
    capsule: &'a Capsule,
}

impl<'a> Git<'a> {
    pub(crate) fn new(capsule: &'a Capsule) -> Self {
        Self { capsule }
    }

    /// Any git command.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let tags = capsule.git().run(["tag", "--list"]).cwd("/app/repo").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(&self, args: impl IntoIterator<Item = impl Into<String>>) -> GitCommand {
        GitCommand::new(self.capsule).args(args)
    }

    /// Shows what has changed since the last commit.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.git().status().cwd("/app/repo").await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn status(&self) -> GitCommand {
        self.run(["status"])
    }

    /// Lists the remotes and their addresses; for more, [`Git::run`] with `remote`.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.git().remote().cwd("/app/repo").await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn remote(&self) -> GitCommand {
        self.run(["remote", "--verbose"])
    }

    /// Adds a remote.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().remote_add("origin", "https://github.com/org/repo.git").cwd("/app/repo").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn remote_add(&self, name: impl Into<String>, url: impl Into<String>) -> GitCommand {
        self.run(["remote", "add"]).name("remote", name).name("remote's address", url)
    }

    /// Reads a setting.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.git().config("user.email").cwd("/app/repo").await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn config(&self, key: impl Into<String>) -> GitCommand {
        self.run(["config", "--get"]).name("setting", key)
    }

    /// Changes a setting of the repository.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().set_config("user.email", "me@example.org").cwd("/app/repo").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_config(&self, key: impl Into<String>, value: impl Into<String>) -> GitCommand {
        self.run(["config"]).name("setting", key).args([value])
    }
}
