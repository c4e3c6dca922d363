//! Exchange with other repositories.

use std::future::IntoFuture;

use super::{
    Git, GitCommand,
    command::{Target, git_command},
};

impl Git<'_> {
    /// Sends commits to a remote.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().push().cwd("/app/repo").remote("origin").branch("main").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn push(&self) -> GitPush {
        GitPush { git: self.run(["push"]), remote: None, branch: None, set_upstream: false, force: false }
    }

    /// Fetches commits from a remote and merges them.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().pull().cwd("/app/repo").remote("origin").branch("main").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pull(&self) -> GitPull {
        GitPull { git: self.run(["pull"]), remote: None, branch: None, rebase: false }
    }
}

/// A push in preparation, by [`Git::push`]; await it to run it.
///
/// ```no_run
/// use wrenn::GitCredentials;
///
/// # async fn example(capsule: wrenn::Capsule, token: String) -> wrenn::Result<()> {
/// capsule
///     .git()
///     .push()
///     .cwd("/app/repo")
///     .remote("origin")
///     .branch("feature")
///     .set_upstream(true)
///     .credentials(GitCredentials::new("x-access-token", token))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitPush {
    git: GitCommand,
    remote: Option<String>,
    branch: Option<String>,
    set_upstream: bool,
    force: bool,
}

impl GitPush {
    /// The remote's name or address (that of the current branch).
    pub fn remote(mut self, remote: impl Into<String>) -> Self {
        self.remote = Some(remote.into());
        self
    }

    /// The branch (the current one). Without a remote it goes to `origin`.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Whether the branch belongs to the remote's from now on (no).
    pub fn set_upstream(mut self, set: bool) -> Self {
        self.set_upstream = set;
        self
    }

    /// Whether the remote's branch may lose commits that are here unknown to nobody: those that were last fetched (no).
    pub fn force_with_lease(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    fn command(self) -> GitCommand {
        let flags = [(self.set_upstream, "--set-upstream"), (self.force, "--force-with-lease")];
        let git = self.git.args(flags.into_iter().filter_map(|(set, flag)| set.then_some(flag)));
        exchange(git, self.remote, self.branch, true)
    }
}

git_command!(GitPush with credentials);

/// A pull in preparation, by [`Git::pull`]; await it to run it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().pull().cwd("/app/repo").rebase(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitPull {
    git: GitCommand,
    remote: Option<String>,
    branch: Option<String>,
    rebase: bool,
}

impl GitPull {
    /// The remote's name or address (that of the current branch).
    pub fn remote(mut self, remote: impl Into<String>) -> Self {
        self.remote = Some(remote.into());
        self
    }

    /// The remote's branch. Without a remote it comes from `origin`.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Whether one's own commits are put on top of the remote's instead of merged with them (no).
    pub fn rebase(mut self, rebase: bool) -> Self {
        self.rebase = rebase;
        self
    }

    fn command(self) -> GitCommand {
        exchange(self.git.args(self.rebase.then_some("--rebase")), self.remote, self.branch, false)
    }
}

git_command!(GitPull with credentials);

/// Adds remote and branch; a branch alone needs the remote's name before it.
fn exchange(git: GitCommand, remote: Option<String>, branch: Option<String>, push: bool) -> GitCommand {
    let remote = remote.or_else(|| branch.is_some().then(|| "origin".to_owned()));
    let mut git = git.target(Target::Remote { name: remote.clone(), push });
    if let Some(remote) = remote {
        git = git.name("remote", remote);
    }
    if let Some(branch) = branch {
        git = git.name("branch", branch);
    }
    git
}
