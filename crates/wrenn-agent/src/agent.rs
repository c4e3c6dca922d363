//! What all services share: the defaults that `/init` sets, the users, the running processes.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use ::http::HeaderMap;
use tokio::sync::Notify;

use crate::{
    paths::{self, PathError},
    process::Processes,
    users::{self, User, UserError},
};

/// Defaults for calls that do not say otherwise, and what a call has to prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The user of a call that names none.
    pub default_user: String,
    /// Where relative paths and commands start, instead of the user's home.
    pub default_workdir: Option<PathBuf>,
    /// Environment variables of every process.
    pub envs: BTreeMap<String, String>,
    /// What calls must present, once it is set.
    pub access_token: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            default_user: "root".to_owned(),
            default_workdir: None,
            envs: BTreeMap::new(),
            access_token: None,
        }
    }
}

/// The agent's state; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Agent {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    settings: RwLock<Arc<Settings>>,
    processes: Processes,
    /// The kernel is the capsule's own.
    has_machine: bool,
    ending: Notify,
}

impl Agent {
    /// An agent with these defaults and no process.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let inner = Inner { settings: RwLock::new(Arc::new(settings)), ..Inner::default() };
        Self { inner: Arc::new(inner) }
    }

    /// The agent of a virtual machine: clock, names and random numbers are its to set, and it can be asked to switch the
    /// machine off.
    #[must_use]
    pub fn of_machine(settings: Settings) -> Self {
        let settings = RwLock::new(Arc::new(settings));
        Self { inner: Arc::new(Inner { settings, has_machine: true, ..Inner::default() }) }
    }

    /// Whether the kernel is the capsule's own.
    pub(crate) fn has_machine(&self) -> bool {
        self.inner.has_machine
    }

    /// Asks for the end of all that runs.
    pub(crate) fn ask_to_end(&self) {
        self.inner.ending.notify_one();
    }

    /// Completes once that was asked for.
    pub(crate) async fn asked_to_end(&self) {
        self.inner.ending.notified().await;
    }

    /// The defaults as they are now.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.inner.settings.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the defaults; calls that have begun keep what they saw.
    pub fn configure(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.inner.settings.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut settings));
    }

    /// The user of a call: the one its `Authorization: Basic` header names, or the default.
    ///
    /// # Errors
    /// When the header is malformed or no such user exists.
    pub fn user_of(&self, headers: &HeaderMap) -> Result<User, UserError> {
        self.user_named(users::name_in(headers)?.as_deref())
    }

    /// The user of that name, or the default one.
    ///
    /// # Errors
    /// When no such user exists.
    pub fn user_named(&self, name: Option<&str>) -> Result<User, UserError> {
        match name {
            Some(name) if !name.is_empty() => users::find(name),
            _ => users::find(&self.settings().default_user),
        }
    }

    /// Makes a path of a call absolute: `~` is the user's home, and a relative path starts at the default working
    /// directory, or at the home when there is none.
    ///
    /// # Errors
    /// When the path cannot name a file: empty, too long, with a NUL byte, or in another user's `~`.
    pub fn resolve(&self, user: &User, path: &str) -> Result<PathBuf, PathError> {
        let settings = self.settings();
        paths::resolve(path, &user.home, settings.default_workdir.as_deref())
    }

    pub(crate) fn processes(&self) -> &Processes {
        &self.inner.processes
    }
}
