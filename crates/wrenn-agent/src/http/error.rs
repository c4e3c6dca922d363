//! Failures of plain routes, as status and sentence.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::filesystem::error::{Fault, FsError};
use crate::filesystem::metadata::MetadataError;
use crate::paths::PathError;
use crate::router::plain_error;
use crate::users::UserError;

/// A refusal of a plain route.
#[derive(Debug)]
pub(crate) struct HttpError {
    status: StatusCode,
    message: String,
}

impl HttpError {
    /// A refusal with that status and sentence.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    /// The request is wrong.
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// Its sentence.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        plain_error(self.status, &self.message)
    }
}

impl From<FsError> for HttpError {
    fn from(error: FsError) -> Self {
        let status = match error.fault() {
            Fault::Invalid | Fault::InTheWay | Fault::Exists => StatusCode::BAD_REQUEST,
            Fault::NotFound => StatusCode::NOT_FOUND,
            Fault::Denied => StatusCode::FORBIDDEN,
            Fault::Full => StatusCode::INSUFFICIENT_STORAGE,
            Fault::Internal => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a file operation failed");
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self::new(status, error.to_string())
    }
}

impl From<PathError> for HttpError {
    fn from(error: PathError) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<MetadataError> for HttpError {
    fn from(error: MetadataError) -> Self {
        Self::bad(error.to_string())
    }
}

impl From<UserError> for HttpError {
    fn from(error: UserError) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, error.to_string())
    }
}
