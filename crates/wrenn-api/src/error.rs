//! The one shape of every error answer, and its codes.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

/// The response header that repeats [`ErrorDetail::request_id`]; also present on every other answer.
pub const REQUEST_ID_HEADER: &str = "X-Request-Id";

/// The body of every answer with a status of 400 and above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Error)]
pub struct ErrorResponse {
    /// What went wrong.
    #[schema(inline)]
    pub error: ErrorDetail,
}

/// What went wrong, for a program and for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorDetail {
    /// For a program: one of a fixed set.
    #[schema(inline)]
    pub code: ErrorCode,
    /// For a person: a sentence that says what to do.
    pub message: String,
    /// Names the request in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub request_id: Option<String>,
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $text:literal, $status:literal;)+) => {
        /// Why a request was refused; [`ErrorCode::status`] is the HTTP status that goes with it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])+ #[serde(rename = $text)] $name,)+
            /// A code that this version does not know.
            #[serde(other, rename = "unknown")]
            Unknown,
        }

        impl ErrorCode {
            /// Every code that this version knows.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$name => $status,)+
                    Self::Unknown => 500,
                }
            }

            /// The code as on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Unknown => "unknown",
                }
            }
        }
    };
}

codes! {
    /// A malformed id, body, query, path, range or name.
    InvalidRequest = "invalid_request", 400;
    /// A wrong or expired activation or reset token.
    InvalidToken = "invalid_token", 400;
    /// The account is active already.
    AlreadyActivated = "already_activated", 400;
    /// The last way to log in cannot be removed.
    LastLoginMethod = "last_login_method", 400;
    /// No, a wrong or an expired credential.
    Unauthorized = "unauthorized", 401;
    /// The password is wrong.
    WrongPassword = "wrong_password", 401;
    /// Known, but not allowed.
    Forbidden = "forbidden", 403;
    /// The account waits for its activation.
    AccountNotActivated = "account_not_activated", 403;
    /// The account was deactivated.
    AccountDeactivated = "account_deactivated", 403;
    /// The account belongs to no team.
    NoTeam = "no_team", 403;
    /// Nothing of that name, or it belongs to another team.
    NotFound = "not_found", 404;
    /// No such login provider.
    ProviderNotFound = "provider_not_found", 404;
    /// The capsule is not in the state that the request needs.
    InvalidState = "invalid_state", 409;
    /// A name is taken, or something is in the way.
    Conflict = "conflict", 409;
    /// The e-mail address has an account already.
    EmailTaken = "email_taken", 409;
    /// An activation mail was sent a short while ago.
    SignupCooldown = "signup_cooldown", 409;
    /// The account owns a team with other members.
    OwnsTeamWithMembers = "owns_team_with_members", 409;
    /// The host still has capsules.
    HostHasSandboxes = "host_has_sandboxes", 409;
    /// An upload or a body over the configured limit.
    TooLarge = "too_large", 413;
    /// Too many requests; `Retry-After` says when to come back.
    RateLimited = "rate_limited", 429;
    /// The server's own fault.
    InternalError = "internal_error", 500;
    /// The capsule's agent failed.
    AgentError = "agent_error", 502;
    /// The host does not answer.
    HostUnavailable = "host_unavailable", 503;
    /// No host has room.
    NoHostsAvailable = "no_hosts_available", 503;
}

impl utoipa::PartialSchema for ErrorCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for ErrorCode {}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_survives_the_wire_and_has_an_error_status() {
        for &code in ErrorCode::ALL {
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, format!("\"{code}\""));
            assert_eq!(serde_json::from_str::<ErrorCode>(&json).unwrap(), code);
            assert!((400..600).contains(&code.status()));
        }
        assert_eq!(serde_json::from_str::<ErrorCode>("\"new\"").unwrap(), ErrorCode::Unknown);
    }
}
