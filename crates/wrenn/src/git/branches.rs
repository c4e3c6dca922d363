//! Branches, and the way back.

use std::future::IntoFuture;

use super::{Git, GitCommand, command::git_command};

impl Git<'_> {
    /// Lists branches.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.git().branch().cwd("/app/repo").await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub fn branch(&self) -> GitBranch {
        GitBranch { git: self.run(["branch"]), action: Action::List { all: false } }
    }

    /// Changes to a branch, tag or commit.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().checkout("feature").cwd("/app/repo").create(true).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn checkout(&self, revision: impl Into<String>) -> GitCheckout {
        GitCheckout { git: self.run(["checkout"]), revision: revision.into(), create: false }
    }

    /// Moves the current branch to another commit.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().reset().cwd("/app/repo").hard(true).revision("HEAD~1").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reset(&self) -> GitReset {
        GitReset { git: self.run(["reset"]), mode: None, revision: None }
    }

    /// Brings files back to what they were.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().restore(["src/main.rs"]).cwd("/app/repo").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn restore(&self, paths: impl IntoIterator<Item = impl Into<String>>) -> GitRestore {
        let paths = paths.into_iter().map(Into::into).collect();
        GitRestore { git: self.run(["restore"]), paths, staged: false, source: None }
    }
}

/// What is done with branches.
#[derive(Debug, Clone)]
enum Action {
    List { all: bool },
    Create(String),
    Delete { name: String, force: bool },
}

/// A command on branches in preparation, by [`Git::branch`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let git = capsule.git();
/// git.branch().create("feature").cwd("/app/repo").await?;
/// println!("{}", git.branch().all().cwd("/app/repo").await?.stdout);
/// git.branch().delete("feature").cwd("/app/repo").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitBranch {
    git: GitCommand,
    action: Action,
}

impl GitBranch {
    /// Lists those of the remotes too.
    pub fn all(mut self) -> Self {
        self.action = Action::List { all: true };
        self
    }

    /// Makes a branch instead of listing them.
    pub fn create(mut self, name: impl Into<String>) -> Self {
        self.action = Action::Create(name.into());
        self
    }

    /// Deletes a branch whose commits are elsewhere too, instead of listing them.
    pub fn delete(mut self, name: impl Into<String>) -> Self {
        self.action = Action::Delete { name: name.into(), force: false };
        self
    }

    /// Deletes a branch, whatever is lost.
    pub fn force_delete(mut self, name: impl Into<String>) -> Self {
        self.action = Action::Delete { name: name.into(), force: true };
        self
    }

    fn command(self) -> GitCommand {
        match self.action {
            Action::List { all } => self.git.args(all.then_some("--all")),
            Action::Create(name) => self.git.name("branch", name),
            Action::Delete { name, force } => {
                self.git.args([if force { "-D" } else { "-d" }]).name("branch", name)
            }
        }
    }
}

git_command!(GitBranch);

/// A change of branch in preparation, by [`Git::checkout`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().checkout("main").cwd("/app/repo").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitCheckout {
    git: GitCommand,
    revision: String,
    create: bool,
}

impl GitCheckout {
    /// Whether it is a new branch (no).
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    fn command(self) -> GitCommand {
        let git = self.git.args(self.create.then_some("-b")).name("branch", self.revision);
        if self.create { git } else { git.args(["--"]) }
    }
}

git_command!(GitCheckout);

/// A reset in preparation, by [`Git::reset`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().reset().cwd("/app/repo").soft(true).revision("HEAD~1").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitReset {
    git: GitCommand,
    mode: Option<&'static str>,
    revision: Option<String>,
}

impl GitReset {
    /// Whether files become what they are in the commit; their changes are lost.
    pub fn hard(mut self, hard: bool) -> Self {
        self.mode = hard.then_some("--hard");
        self
    }

    /// Whether what is staged stays staged.
    pub fn soft(mut self, soft: bool) -> Self {
        self.mode = soft.then_some("--soft");
        self
    }

    /// The commit (`HEAD`).
    pub fn revision(mut self, revision: impl Into<String>) -> Self {
        self.revision = Some(revision.into());
        self
    }

    fn command(self) -> GitCommand {
        let git = self.git.args(self.mode);
        match self.revision {
            Some(revision) => git.name("revision", revision).args(["--"]),
            None => git,
        }
    }
}

git_command!(GitReset);

/// A restoration of files in preparation, by [`Git::restore`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().restore(["."]).cwd("/app/repo").staged(true).source("HEAD").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitRestore {
    git: GitCommand,
    paths: Vec<String>,
    staged: bool,
    source: Option<String>,
}

impl GitRestore {
    /// Whether to take files out of the next commit instead of changing them (no).
    pub fn staged(mut self, staged: bool) -> Self {
        self.staged = staged;
        self
    }

    /// The commit to take them from.
    pub fn source(mut self, revision: impl Into<String>) -> Self {
        self.source = Some(revision.into());
        self
    }

    fn command(self) -> GitCommand {
        let git = self.git.args(self.staged.then_some("--staged"));
        git.args(self.source.map(|source| format!("--source={source}"))).args(["--"]).args(self.paths)
    }
}

git_command!(GitRestore);
