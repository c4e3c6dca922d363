//! From changed files to a commit.

use std::future::IntoFuture;

use super::{Git, GitCommand, command::git_command};

impl Git<'_> {
    /// Stages files for the next commit.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().add(["README.md", "src/index.ts"]).cwd("/app/repo").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn add(&self, paths: impl IntoIterator<Item = impl Into<String>>) -> GitAdd {
        GitAdd { git: self.run(["add"]), paths: paths.into_iter().map(Into::into).collect(), all: false }
    }

    /// Commits what is staged.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().commit("Say hello").cwd("/app/repo").author("Me", "me@example.org").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn commit(&self, message: impl Into<String>) -> GitCommit {
        let git = self.run(["commit"]);
        GitCommit { git, message: message.into(), all: false, amend: false, allow_empty: false }
    }
}

/// A staging in preparation, by [`Git::add`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().add(["."]).cwd("/app/repo").all(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitAdd {
    git: GitCommand,
    paths: Vec<String>,
    all: bool,
}

impl GitAdd {
    /// Whether files that are gone are staged as removed too (git's own default for given paths).
    pub fn all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    fn command(self) -> GitCommand {
        self.git.args(self.all.then_some("--all")).args(["--"]).args(self.paths)
    }
}

git_command!(GitAdd);

/// A commit in preparation, by [`Git::commit`]; await it to make it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().commit("Say hello louder").cwd("/app/repo").all(true).amend(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitCommit {
    git: GitCommand,
    message: String,
    all: bool,
    amend: bool,
    allow_empty: bool,
}

impl GitCommit {
    /// Who made it; else whom the repository's configuration names.
    pub fn author(mut self, name: &str, email: &str) -> Self {
        for (variable, value) in [
            ("GIT_AUTHOR_NAME", name),
            ("GIT_AUTHOR_EMAIL", email),
            ("GIT_COMMITTER_NAME", name),
            ("GIT_COMMITTER_EMAIL", email),
        ] {
            self.git = self.git.env(variable, value);
        }
        self
    }

    /// Whether changed files that git knows are staged first (no).
    pub fn all(mut self, all: bool) -> Self {
        self.all = all;
        self
    }

    /// Whether it replaces the last commit (no).
    pub fn amend(mut self, amend: bool) -> Self {
        self.amend = amend;
        self
    }

    /// Whether it may change nothing (no).
    pub fn allow_empty(mut self, allow: bool) -> Self {
        self.allow_empty = allow;
        self
    }

    fn command(self) -> GitCommand {
        let flags = [(self.all, "--all"), (self.amend, "--amend"), (self.allow_empty, "--allow-empty")];
        let flags = flags.into_iter().filter_map(|(set, flag)| set.then_some(flag));
        self.git.args(flags).args([format!("--message={}", self.message)])
    }
}

git_command!(GitCommit);
