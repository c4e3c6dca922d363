//! The one place where failures become answers.

use std::{error::Error as StdError, fmt::Write as _, sync::Arc};

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use wrenn_api::{ErrorCode, ErrorDetail, ErrorResponse};
use wrenn_control::ControlError;

/// The result of a handler.
pub(crate) type Result<T> = std::result::Result<T, ApiError>;

/// A refused or failed request: what the client is told, and what only the log is.
#[derive(Debug, Clone)]
pub(crate) struct ApiError(Arc<Inner>);

#[derive(Debug, Clone)]
struct Inner {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    cause: Option<String>,
}

impl ApiError {
    /// A refusal with the status of its code.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self(Arc::new(Inner { status, code, message: message.into(), cause: None }))
    }

    /// Something malformed in the request.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, message)
    }

    /// A method that the address does not have.
    pub(crate) fn wrong_method(message: impl Into<String>) -> Self {
        let code = ErrorCode::InvalidRequest;
        Self(Arc::new(Inner {
            status: StatusCode::METHOD_NOT_ALLOWED,
            code,
            message: message.into(),
            cause: None,
        }))
    }

    /// A range that lies outside of the file.
    pub(crate) fn unsatisfiable(message: impl Into<String>) -> Self {
        let code = ErrorCode::InvalidRequest;
        let status = StatusCode::RANGE_NOT_SATISFIABLE;
        Self(Arc::new(Inner { status, code, message: message.into(), cause: None }))
    }

    /// No usable credential.
    pub(crate) fn unauthorized() -> Self {
        Self::new(
            ErrorCode::Unauthorized,
            "Send a valid API key in the X-API-Key header. A server's first key is in the file bootstrap.json of its data directory.",
        )
    }

    /// Our own fault; `cause` is for the log.
    pub(crate) fn internal(cause: impl Into<String>) -> Self {
        let error = Self::new(
            ErrorCode::InternalError,
            "Something went wrong on the server. Try again; if it stays, give the request id to the operator.",
        );
        let inner = Inner { cause: Some(cause.into()), ..Inner::clone(&error.0) };
        Self(Arc::new(inner))
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The sentence for the client.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// What led to it, for the log.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The body, once the request's id is known.
    pub(crate) fn body(&self, request_id: &str) -> ErrorResponse {
        let message = self.0.message.clone();
        ErrorResponse {
            error: ErrorDetail { code: self.0.code, message, request_id: Some(request_id.to_owned()) },
        }
    }
}

impl From<ControlError> for ApiError {
    fn from(error: ControlError) -> Self {
        let plain = Self::new(error.code(), error.message());
        let cause = error.source().map(chain);
        Self(Arc::new(Inner { cause, ..Inner::clone(&plain.0) }))
    }
}

/// Leaves the body to the layer that knows the request's id.
impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let _ = write!(text, ": {source}");
        next = source.source();
    }
    text
}
