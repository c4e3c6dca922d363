//! Refusals and failures of the control plane.

use std::fmt;

use wrenn_api::ErrorCode;

/// The result of a control plane's operation.
pub type Result<T> = std::result::Result<T, ControlError>;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why something was not done: a code for programs, a sentence for the client, and the cause, which only logs see.
///
/// [`fmt::Display`] writes the sentence, never the cause; [`std::error::Error::source`] leads to the cause.
#[derive(Debug)]
pub struct ControlError {
    code: ErrorCode,
    message: String,
    source: Option<Source>,
}

impl ControlError {
    /// A refusal that the client can understand by itself.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
    }

    /// Something malformed in the request.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, message)
    }

    /// Something that is not there, or belongs to another team.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::NotFound, message)
    }

    /// Our own fault. The client learns only that; `source` is for the log.
    pub fn internal(source: impl Into<Source>) -> Self {
        let message =
            "Something went wrong on the server. Try again; if it stays, look into the server's log.";
        Self::new(ErrorCode::InternalError, message).caused_by(source)
    }

    /// Adds what led to this, for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The code of the HTTP contract.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for the client.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ControlError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
