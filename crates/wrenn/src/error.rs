//! What can go wrong, by kind.

use std::time::Duration;

use serde_json::Value;

/// The outcome of every call of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// The kinds of refusals follow the status of the server's answer; each carries an [`ApiError`].
///
/// ```no_run
/// use wrenn::{Capsule, Error};
///
/// # async fn example() -> wrenn::Result<()> {
/// match Capsule::connect("missing")?.info().await {
///     Err(Error::NotFound(refusal)) => {
///         println!("{} {} {}", refusal.status, refusal.code, refusal.message); // 404 not_found …
///     }
///     Err(error) => println!("{error}, body: {:?}", error.body()),
///     Ok(info) => println!("{:?}", info.status),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 400: a malformed id, path, name, range or body.
    #[error("{0}")]
    BadRequest(Box<ApiError>),
    /// 401: no key, or a wrong or expired one.
    #[error("{0}")]
    Authentication(Box<ApiError>),
    /// 403: the key is known, but not allowed to do this.
    #[error("{0}")]
    Forbidden(Box<ApiError>),
    /// 404: there is no such thing, or it belongs to another team.
    #[error("{0}")]
    NotFound(Box<ApiError>),
    /// 409: the name is taken, or the capsule is in a state in which this cannot be done.
    #[error("{0}")]
    Conflict(Box<ApiError>),
    /// 409 with code `host_has_sandboxes`: the host still runs capsules.
    #[error("{refusal}")]
    HostHasCapsules {
        /// What the server said.
        refusal: Box<ApiError>,
        /// The ids of those capsules.
        capsule_ids: Vec<String>,
    },
    /// 413: an upload or a body over the server's limit.
    #[error("{0}")]
    PayloadTooLarge(Box<ApiError>),
    /// 429: too many calls.
    #[error("{refusal}")]
    RateLimited {
        /// What the server said.
        refusal: Box<ApiError>,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// 5xx: the server, a host or the capsule's agent failed.
    #[error("{0}")]
    Server(Box<ApiError>),
    /// Any other status that is no success.
    #[error("{0}")]
    Unexpected(Box<ApiError>),
    /// The time allowed for the call is over.
    #[error("{operation}: no answer within {} s", .after.as_secs_f64())]
    Timeout {
        /// What was being done.
        operation: String,
        /// The time allowed.
        after: Duration,
    },
    /// The server could not be reached, or the connection broke during the call.
    #[error("{operation}: the connection to {server} failed")]
    Connection {
        /// What was being done.
        operation: String,
        /// The server's base URL.
        server: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A stream's connection closed before the stream had come to its end.
    #[error("{operation}: the connection closed before the end{}", .reason.as_deref().map(|r| format!(" ({r})")).unwrap_or_default())]
    Disconnected {
        /// What was being done.
        operation: String,
        /// What the server or the network gave as the reason.
        reason: Option<String>,
    },
    /// The server reported a failure inside a stream.
    #[error("{operation}: {message}")]
    Stream {
        /// What was being done.
        operation: String,
        /// The server's message.
        message: String,
    },
    /// A capsule that was waited for will not become usable by itself.
    #[error("wait for capsule {capsule}: it is {status} and will not run by itself")]
    NotReady {
        /// The capsule's id.
        capsule: String,
        /// What it is instead of running.
        status: wrenn_api::CapsuleStatus,
    },
    /// What a capsule's template starts with it has failed. The capsule runs all the same.
    #[error("wait for capsule {capsule}: what its template starts with it failed: {reason}")]
    StartFailed {
        /// The capsule's id.
        capsule: String,
        /// Why.
        reason: String,
    },
    /// The server's answer is not what the contract promises.
    #[error("{operation}: the server's answer cannot be understood")]
    Decode {
        /// What was being done.
        operation: String,
        /// The cause.
        #[source]
        source: serde_json::Error,
    },
    /// A local file or reader failed during an upload or a download.
    #[error("{operation}")]
    Io {
        /// What was being done.
        operation: String,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The client's configuration is incomplete or wrong; the text says how to mend it.
    #[error("{0}")]
    Config(String),
}

impl Error {
    /// What the server said, when it refused the call.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::BadRequest(refusal)
            | Self::Authentication(refusal)
            | Self::Forbidden(refusal)
            | Self::NotFound(refusal)
            | Self::Conflict(refusal)
            | Self::PayloadTooLarge(refusal)
            | Self::Server(refusal)
            | Self::Unexpected(refusal)
            | Self::HostHasCapsules { refusal, .. }
            | Self::RateLimited { refusal, .. } => Some(refusal),
            Self::Timeout { .. }
            | Self::Connection { .. }
            | Self::Disconnected { .. }
            | Self::Stream { .. }
            | Self::NotReady { .. }
            | Self::StartFailed { .. }
            | Self::Decode { .. }
            | Self::Io { .. }
            | Self::Config(_) => None,
        }
    }

    /// The HTTP status, when the server refused the call.
    pub fn status_code(&self) -> Option<u16> {
        self.api().map(|refusal| refusal.status)
    }

    /// The server's code, like `not_found`.
    pub fn code(&self) -> Option<&str> {
        self.api().map(|refusal| refusal.code.as_str())
    }

    /// The server's message when it refused the call, else this error's text.
    pub fn message(&self) -> String {
        self.api().map_or_else(|| self.to_string(), |refusal| refusal.message.clone())
    }

    /// The whole body of the server's refusal.
    pub fn body(&self) -> Option<&Value> {
        self.api().map(|refusal| &refusal.body)
    }

    /// The id under which the server logged the call.
    pub fn request_id(&self) -> Option<&str> {
        self.api().and_then(|refusal| refusal.request_id.as_deref())
    }
}

/// A refusal by the server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {message} ({status} {code})")]
#[non_exhaustive]
pub struct ApiError {
    /// What was being done.
    pub operation: String,
    /// The HTTP status.
    pub status: u16,
    /// The server's code, like `invalid_state`.
    pub code: String,
    /// The server's message, for a person.
    pub message: String,
    /// The id under which the server logged the call.
    pub request_id: Option<String>,
    /// The body of the answer: JSON, or its text when it is none.
    pub body: Value,
}

impl ApiError {
    /// Reads a refusal from an answer's status and body.
    pub(crate) fn from_answer(operation: &str, status: u16, request_id: Option<String>, body: &[u8]) -> Self {
        let body = serde_json::from_slice::<Value>(body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(body).trim().to_owned()));
        let field =
            |name: &str| body.pointer(&format!("/error/{name}")).and_then(Value::as_str).map(str::to_owned);
        let message = field("message").unwrap_or_else(|| match &body {
            Value::String(text) if !text.is_empty() && text.len() < 300 => text.clone(),
            _ => format!("the server answered with status {status} and no explanation"),
        });
        Self {
            operation: operation.to_owned(),
            status,
            code: field("code").unwrap_or_else(|| default_code(status).to_owned()),
            message,
            request_id: request_id.or_else(|| field("request_id")),
            body,
        }
    }

    /// The error of the kind that belongs to the status.
    pub(crate) fn into_error(self, retry_after: Option<Duration>) -> Error {
        let refusal = Box::new(self);
        match (refusal.status, refusal.code.as_str()) {
            (400, _) => Error::BadRequest(refusal),
            (401, _) => Error::Authentication(refusal),
            (403, _) => Error::Forbidden(refusal),
            (404, _) => Error::NotFound(refusal),
            (409, "host_has_sandboxes") => {
                let capsule_ids = refusal.sandbox_ids();
                Error::HostHasCapsules { refusal, capsule_ids }
            }
            (409, _) => Error::Conflict(refusal),
            (413, _) => Error::PayloadTooLarge(refusal),
            (429, _) => Error::RateLimited { refusal, retry_after },
            (500..=599, _) => Error::Server(refusal),
            _ => Error::Unexpected(refusal),
        }
    }

    /// The `sandbox_ids` beside or inside the error object.
    fn sandbox_ids(&self) -> Vec<String> {
        let ids = self.body.pointer("/error/sandbox_ids").or_else(|| self.body.get("sandbox_ids"));
        ids.and_then(|ids| serde_json::from_value(ids.clone()).ok()).unwrap_or_default()
    }
}

/// The code that stands for a status when an answer has none, as from a proxy in between.
fn default_code(status: u16) -> &'static str {
    match status {
        400 => "invalid_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        413 => "too_large",
        429 => "rate_limited",
        502 => "agent_error",
        503 => "host_unavailable",
        500..=599 => "internal_error",
        _ => "unexpected_status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> Error {
        ApiError::from_answer("get capsule cl-1", status, None, body.as_bytes()).into_error(None)
    }

    #[test]
    fn each_status_has_its_kind() {
        let body = r#"{"error":{"code":"c","message":"m"}}"#;
        assert!(matches!(error(400, body), Error::BadRequest(_)));
        assert!(matches!(error(401, body), Error::Authentication(_)));
        assert!(matches!(error(403, body), Error::Forbidden(_)));
        assert!(matches!(error(404, body), Error::NotFound(_)));
        assert!(matches!(error(409, body), Error::Conflict(_)));
        assert!(matches!(error(413, body), Error::PayloadTooLarge(_)));
        assert!(matches!(error(429, body), Error::RateLimited { .. }));
        assert!(matches!(error(503, body), Error::Server(_)));
        assert!(matches!(error(418, body), Error::Unexpected(_)));
    }

    #[test]
    fn a_refusal_shows_all_that_the_server_said() {
        let error = error(
            404,
            r#"{"error":{"code":"not_found","message":"There is no such capsule.","request_id":"r1"}}"#,
        );
        assert_eq!(error.status_code(), Some(404));
        assert_eq!(error.code(), Some("not_found"));
        assert_eq!(error.message(), "There is no such capsule.");
        assert_eq!(error.request_id(), Some("r1"));
        assert_eq!(
            error.body().and_then(|body| body.pointer("/error/code")),
            Some(&Value::from("not_found"))
        );
        assert_eq!(error.to_string(), "get capsule cl-1: There is no such capsule. (404 not_found)");
    }

    #[test]
    fn a_host_with_capsules_names_them() {
        let body = r#"{"error":{"code":"host_has_sandboxes","message":"m","sandbox_ids":["cl-1","cl-2"]}}"#;
        let Error::HostHasCapsules { capsule_ids, .. } = error(409, body) else { panic!("wrong kind") };
        assert_eq!(capsule_ids, ["cl-1", "cl-2"]);
    }

    #[test]
    fn an_answer_that_is_no_json_is_still_explained() {
        let gateway = error(502, "Bad Gateway\n");
        assert_eq!((gateway.code(), gateway.message().as_str()), (Some("agent_error"), "Bad Gateway"));
        assert_eq!(error(500, "").message(), "the server answered with status 500 and no explanation");
    }
}
