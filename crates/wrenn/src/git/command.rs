//! The running of git, with what all of its commands have in common.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};

use super::credentials::{GitCredentials, Scope};
use crate::{Capsule, CommandOutput, Error, Result};

/// The time that a command may take when nothing else is said: a clone can be long.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// Where a command's credentials are for.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// This address.
    Url(String),
    /// The address for which the repository has this name; `None`: that of the current branch.
    Remote { name: Option<String>, push: bool },
}

/// A git command in preparation, by [`super::Git`]; await it to run it.
///
/// ```no_run
/// use std::time::Duration;
///
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let output = capsule
///     .git()
///     .run(["stash", "list"])
///     .cwd("/app/repo")
///     .user("user")
///     .env("GIT_PAGER", "cat")
///     .timeout(Duration::from_secs(5))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to run git"]
pub struct GitCommand {
    capsule: Capsule,
    args: Vec<String>,
    envs: Vec<(String, String)>,
    cwd: Option<String>,
    user: Option<String>,
    timeout: Duration,
    credentials: Option<GitCredentials>,
    target: Option<Target>,
    refusal: Option<String>,
}

impl GitCommand {
    pub(super) fn new(capsule: &Capsule) -> Self {
        Self {
            capsule: capsule.clone(),
            args: Vec::new(),
            envs: Vec::new(),
            cwd: None,
            user: None,
            timeout: DEFAULT_TIMEOUT,
            credentials: None,
            target: None,
            refusal: None,
        }
    }

    /// Adds arguments as they are.
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// The directory to run in, usually the repository.
    pub fn cwd(mut self, path: impl Into<String>) -> Self {
        self.cwd = Some(path.into());
        self
    }

    /// The user to run as; `root` when not set. Git refuses repositories of other users.
    pub fn user(mut self, name: impl Into<String>) -> Self {
        self.user = Some(name.into());
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.envs.push((name.into(), value.into()));
        self
    }

    /// The time after which it is killed (10 min).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What it may log in with, for this one call; see [`GitCredentials`].
    pub fn credentials(mut self, credentials: GitCredentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Adds the name of something, which must not look like an option.
    pub(super) fn name(mut self, what: &str, name: impl Into<String>) -> Self {
        let name = name.into();
        if name.starts_with('-') {
            self.refusal =
                Some(format!("the {what} {name:?} begins with a hyphen and would be taken for an option"));
        }
        self.args.push(name);
        self
    }

    pub(super) fn target(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    async fn run(mut self) -> Result<CommandOutput> {
        if let Some(refusal) = self.refusal.take() {
            return Err(Error::Config(format!("git {}: {refusal}", self.args[0])));
        }
        if let Some(credentials) = self.credentials.take() {
            let url = self.target_url().await?;
            let scope = Scope::of(&url).and_then(|scope| credentials.check(&scope).map(|()| scope));
            let scope = scope.map_err(|why| Error::Config(format!("git {}: {why}", self.args[0])))?;
            self.envs.extend(credentials.envs(&scope));
        }
        // A question that nobody can answer must be a failure.
        self.envs.extend([("GIT_TERMINAL_PROMPT".into(), "0".into()), ("GIT_ASKPASS".into(), String::new())]);
        self.exec(self.args.clone()).envs(self.envs).timeout(self.timeout).await
    }

    fn exec(&self, args: Vec<String>) -> crate::Exec {
        let mut exec = self.capsule.commands().exec("git").args(args);
        if let Some(cwd) = &self.cwd {
            exec = exec.cwd(cwd);
        }
        if let Some(user) = &self.user {
            exec = exec.user(user);
        }
        exec
    }

    /// The address that the command will talk to.
    async fn target_url(&self) -> Result<String> {
        let question: Vec<&str> = match &self.target {
            Some(Target::Url(url)) => return Ok(url.clone()),
            Some(Target::Remote { name: Some(name), .. }) if name.contains("://") => return Ok(name.clone()),
            Some(Target::Remote { name: Some(name), push: true }) => {
                vec!["remote", "get-url", "--push", name]
            }
            Some(Target::Remote { name: Some(name), push: false }) => vec!["remote", "get-url", name],
            Some(Target::Remote { name: None, .. }) | None => vec!["ls-remote", "--get-url"],
        };
        let answer = self.exec(question.into_iter().map(str::to_owned).collect()).await?;
        match answer.stdout.trim() {
            url if answer.success() && !url.is_empty() => Ok(url.to_owned()),
            _ => Err(Error::Config(format!(
                "git {}: the credentials have no remote to be for: {}",
                self.args[0],
                answer.stderr.trim()
            ))),
        }
    }
}

impl IntoFuture for GitCommand {
    type Output = Result<CommandOutput>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}

/// Gives a builder with the field `git: GitCommand` and the method `command(self) -> GitCommand` what all have.
macro_rules! git_command {
    ($name:ident) => {
        impl $name {
            /// The directory to run in, usually the repository.
            pub fn cwd(mut self, path: impl Into<String>) -> Self {
                self.git = self.git.cwd(path);
                self
            }

            /// The user to run as; `root` when not set.
            pub fn user(mut self, name: impl Into<String>) -> Self {
                self.git = self.git.user(name);
                self
            }

            /// Sets an environment variable.
            pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                self.git = self.git.env(name, value);
                self
            }

            /// The time after which it is killed (10 min).
            pub fn timeout(mut self, timeout: std::time::Duration) -> Self {
                self.git = self.git.timeout(timeout);
                self
            }
        }

        impl IntoFuture for $name {
            type Output = crate::Result<crate::CommandOutput>;
            type IntoFuture = futures_util::future::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                self.command().into_future()
            }
        }
    };
    ($name:ident with credentials) => {
        git_command!($name);

        impl $name {
            /// What it may log in with, for this one call; see [`crate::GitCredentials`].
            pub fn credentials(mut self, credentials: crate::GitCredentials) -> Self {
                self.git = self.git.credentials(credentials);
                self
            }
        }
    };
}

pub(super) use git_command;
