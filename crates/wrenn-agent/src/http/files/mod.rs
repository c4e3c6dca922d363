//! `/files`: bytes up and down.

mod bulk;
mod download;
mod encoding;
mod part;
mod pour;
mod range;
mod upload;

use std::path::{Path, PathBuf};

use axum::extract::{Query, rejection::QueryRejection};
use http::HeaderMap;
use serde::Deserialize;

use super::error::HttpError;
use crate::agent::Agent;
use crate::filesystem::error::{Attempt as _, FsError};
use crate::filesystem::identity::Identity;
use crate::users::User;

pub(super) use download::download;
pub(super) use upload::upload;

/// What the query of a call says.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Target {
    path: Option<String>,
    username: Option<String>,
}

/// Who calls, and about what.
struct Call {
    agent: Agent,
    user: User,
    path: Option<String>,
}

impl Call {
    /// The user is the one in the query, or in the header, or the default one.
    fn new(
        agent: Agent,
        query: Result<Query<Target>, QueryRejection>,
        headers: &HeaderMap,
    ) -> Result<Self, HttpError> {
        let Query(target) = query.map_err(|error| HttpError::bad(error.body_text()))?;
        let user = match target.username.filter(|name| !name.is_empty()) {
            Some(name) => agent.user_named(Some(&name))?,
            None => agent.user_of(headers)?,
        };
        Ok(Self { agent, user, path: target.path })
    }

    /// The path in the query, made absolute.
    fn path(&self) -> Result<PathBuf, HttpError> {
        let path = self.path.as_deref().unwrap_or_default();
        Ok(self.agent.resolve(&self.user, path)?)
    }

    fn identity(&self) -> Identity {
        Identity::from(&self.user)
    }

    /// Does `work` about `path` as the calling user.
    async fn run<T: Send + 'static>(
        &self,
        path: &Path,
        work: impl FnOnce() -> Result<T, FsError> + Send + 'static,
    ) -> Result<T, HttpError> {
        let done = self.identity().run(work).await;
        Ok(done.attempt("take the user's identity for", path)??)
    }
}
