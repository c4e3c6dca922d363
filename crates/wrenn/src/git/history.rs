//! What has happened in a repository.

use std::future::IntoFuture;

use super::{Git, GitCommand, command::git_command};

impl Git<'_> {
    /// Shows the history.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.git().log().cwd("/app/repo").max_count(5).await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn log(&self) -> GitLog {
        GitLog { git: self.run(["log"]), max_count: None, oneline: false, revision: None }
    }

    /// Shows changes.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.git().diff().cwd("/app/repo").staged(true).await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn diff(&self) -> GitDiff {
        GitDiff { git: self.run(["diff"]), staged: false, revision: None, paths: Vec::new() }
    }
}

/// A look at the history in preparation, by [`Git::log`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let log = capsule.git().log().cwd("/app/repo").revision("main..feature").oneline(true).max_count(20).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitLog {
    git: GitCommand,
    max_count: Option<u32>,
    oneline: bool,
    revision: Option<String>,
}

impl GitLog {
    /// The most commits to show (all).
    pub fn max_count(mut self, commits: u32) -> Self {
        self.max_count = Some(commits);
        self
    }

    /// Whether each commit takes one line (no).
    pub fn oneline(mut self, oneline: bool) -> Self {
        self.oneline = oneline;
        self
    }

    /// The branch, commit or range to show (the current branch).
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    fn command(self) -> GitCommand {
        let git = self.git.args(self.max_count.map(|count| format!("--max-count={count}")));
        let git = git.args(self.oneline.then_some("--oneline"));
        let git = match self.revision {
            Some(revision) => git.name("revision", revision),
            None => git,
        };
        git.args(["--"])
    }
}

git_command!(GitLog);

/// A look at changes in preparation, by [`Git::diff`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let changes = capsule.git().diff().cwd("/app/repo").revision("HEAD~1").paths(["src"]).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitDiff {
    git: GitCommand,
    staged: bool,
    revision: Option<String>,
    paths: Vec<String>,
}

impl GitDiff {
    /// Whether to show what is staged instead of what is not (no).
    pub fn staged(mut self, staged: bool) -> Self {
        self.staged = staged;
        self
    }

    /// The commit, branch or range to compare with.
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    /// Only these files and directories.
    pub fn paths(mut self, paths: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.paths.extend(paths.into_iter().map(Into::into));
        self
    }

    fn command(self) -> GitCommand {
        let git = self.git.args(self.staged.then_some("--staged"));
        let git = match self.revision {
            Some(revision) => git.name("revision", revision),
            None => git,
        };
        git.args(["--"]).args(self.paths)
    }
}

git_command!(GitDiff);
