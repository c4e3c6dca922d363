//! What can go wrong between a host and its agent.

use connectrpc::ErrorCode;
use http::StatusCode;
use serde::Deserialize;

/// Any cause, as another library reports it.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call to the agent did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The agent answered that it will not or cannot; the message is a sentence for people.
    #[error("{message}")]
    Refused {
        /// What kind of refusal.
        code: ErrorCode,
        /// Why, and what to do.
        message: String,
    },
    /// No connection could be opened: the call has not been made.
    #[error("cannot reach the agent")]
    Unreachable(#[source] std::io::Error),
    /// The connection ended before the answer did: the call may have had its effect or not.
    #[error("the connection to the agent was lost during {operation}")]
    ConnectionLost {
        /// The call, as in `process.Process/Start` or `GET /files`.
        operation: String,
        /// What the transport says.
        #[source]
        source: Cause,
    },
    /// The agent's answer is not what the protocol allows.
    #[error("the agent's answer to {operation} cannot be understood")]
    Malformed {
        /// The call.
        operation: String,
        /// What is wrong with it.
        #[source]
        source: Cause,
    },
    /// The caller's own stream of bytes to send failed, so the transfer was given up.
    #[error("the data for {operation} ended in an error")]
    Body {
        /// The call.
        operation: String,
        /// The stream's error.
        #[source]
        source: Cause,
    },
}

impl AgentError {
    /// The agent's code, when it refused.
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Refused { code, .. } => Some(*code),
            _ => None,
        }
    }

    pub(super) fn lost(operation: &str, source: impl Into<Cause>) -> Self {
        Self::ConnectionLost { operation: operation.to_owned(), source: source.into() }
    }

    pub(super) fn malformed(operation: &str, source: impl Into<Cause>) -> Self {
        Self::Malformed { operation: operation.to_owned(), source: source.into() }
    }

    /// A refusal as JSON, in either of the agent's two forms: an RPC's has a code's name, a plain route's its number.
    pub(super) fn refused(status: StatusCode, body: &[u8]) -> Self {
        let detail: Detail = serde_json::from_slice(body).unwrap_or_default();
        let code = detail
            .code
            .as_ref()
            .and_then(|code| code.as_str()?.parse().ok())
            .unwrap_or_else(|| code_of(status));
        let message = detail.message.unwrap_or_else(|| match String::from_utf8_lossy(body).trim() {
            "" => format!("The agent answered with the status {status}."),
            text => text.chars().take(500).collect(),
        });
        Self::Refused { code, message }
    }
}

#[derive(Debug, Default, Deserialize)]
struct Detail {
    code: Option<serde_json::Value>,
    message: Option<String>,
}

/// The code that says what a plain route's status does.
fn code_of(status: StatusCode) -> ErrorCode {
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY | StatusCode::PAYLOAD_TOO_LARGE => {
            ErrorCode::InvalidArgument
        }
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthenticated,
        StatusCode::FORBIDDEN => ErrorCode::PermissionDenied,
        StatusCode::NOT_FOUND => ErrorCode::NotFound,
        StatusCode::CONFLICT => ErrorCode::AlreadyExists,
        StatusCode::RANGE_NOT_SATISFIABLE => ErrorCode::OutOfRange,
        StatusCode::INSUFFICIENT_STORAGE | StatusCode::TOO_MANY_REQUESTS => ErrorCode::ResourceExhausted,
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Unavailable,
        StatusCode::NOT_IMPLEMENTED => ErrorCode::Unimplemented,
        _ => ErrorCode::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> (Option<ErrorCode>, String) {
        let error = AgentError::refused(StatusCode::from_u16(status).expect("a status"), body.as_bytes());
        (error.code(), error.to_string())
    }

    #[test]
    fn both_forms_of_refusal_are_read() {
        let rpc = refused(404, r#"{"code":"already_exists","message":"It is there."}"#);
        assert_eq!(rpc, (Some(ErrorCode::AlreadyExists), "It is there.".to_owned()));
        let plain = refused(507, r#"{"code":507,"message":"The disk is full."}"#);
        assert_eq!(plain, (Some(ErrorCode::ResourceExhausted), "The disk is full.".to_owned()));
    }

    #[test]
    fn a_refusal_without_a_sentence_gets_one() {
        assert_eq!(refused(404, "").1, "The agent answered with the status 404 Not Found.");
        assert_eq!(refused(500, "oh no\n"), (Some(ErrorCode::Internal), "oh no".to_owned()));
    }
}
