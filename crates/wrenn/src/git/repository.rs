//! Where a repository comes from.

use std::future::IntoFuture;

use super::{
    Git, GitCommand,
    command::{Target, git_command},
    credentials,
};

impl Git<'_> {
    /// Clones a repository. A password within the address is used for this call and does not stay in the repository.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().clone("https://github.com/org/repo.git").path("/app/repo").branch("main").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn clone(&self, url: impl Into<String>) -> GitClone {
        let (url, credentials) = credentials::split(&url.into());
        let mut git = self.run(["clone"]);
        if let Some(credentials) = credentials {
            git = git.credentials(credentials);
        }
        GitClone { git, url, path: None, branch: None, depth: None }
    }

    /// Makes an empty repository.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.git().init().path("/app/new").initial_branch("main").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn init(&self) -> GitInit {
        GitInit { git: self.run(["init"]), path: None, branch: None, bare: false }
    }
}

/// A clone in preparation, by [`Git::clone`]; await it to run it.
///
/// ```no_run
/// use wrenn::GitCredentials;
///
/// # async fn example(capsule: wrenn::Capsule, token: String) -> wrenn::Result<()> {
/// capsule
///     .git()
///     .clone("https://github.com/org/private.git")
///     .path("/app/repo")
///     .branch("main")
///     .depth(1)
///     .credentials(GitCredentials::new("x-access-token", token))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitClone {
    git: GitCommand,
    url: String,
    path: Option<String>,
    branch: Option<String>,
    depth: Option<u32>,
}

impl GitClone {
    /// Where to (a directory named after the repository).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The branch or tag to check out.
    pub fn branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// How many commits of history to fetch (all).
    pub fn depth(mut self, commits: u32) -> Self {
        self.depth = Some(commits);
        self
    }

    fn command(self) -> GitCommand {
        let options = self.branch.map(|branch| format!("--branch={branch}")).into_iter();
        let options = options.chain(self.depth.map(|depth| format!("--depth={depth}")));
        let git = self.git.args(options).args(["--", &self.url]).args(self.path);
        git.target(Target::Url(self.url))
    }
}

git_command!(GitClone with credentials);

/// A new repository in preparation, by [`Git::init`]; await it to make it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// capsule.git().init().path("/srv/repo.git").bare(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitInit {
    git: GitCommand,
    path: Option<String>,
    branch: Option<String>,
    bare: bool,
}

impl GitInit {
    /// Where (the directory that the command runs in).
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// The name of the first branch.
    pub fn initial_branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// Whether it is a repository without a working tree (no).
    pub fn bare(mut self, bare: bool) -> Self {
        self.bare = bare;
        self
    }

    fn command(self) -> GitCommand {
        let git = self.git.args(self.branch.map(|branch| format!("--initial-branch={branch}")));
        git.args(self.bare.then_some("--bare")).args(["--"]).args(self.path.or_else(|| Some(".".into())))
    }
}

git_command!(GitInit);
