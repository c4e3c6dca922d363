//! What other crates say, as the contract says it.

use std::net::Ipv4Addr;

use wrenn_agent_proto::{AgentError, ErrorCode as AgentCode};
use wrenn_api::{Capsule, CapsuleId, ErrorCode, RuntimeKind};
use wrenn_host::{CapsuleView, HostError, PortAccess};
use wrenn_runtime::{Kind, template::TemplateError};

use crate::ControlError;

/// A capsule as clients see it.
pub(crate) fn capsule(view: &CapsuleView) -> Capsule {
    let record = &view.record;
    Capsule {
        id: record.id.clone(),
        status: record.state.status(),
        template: record.template.clone(),
        vcpus: record.spec.vcpus,
        memory_mb: record.spec.memory_mb,
        timeout_sec: record.timeout_sec,
        guest_ip: address(record.guest_ip),
        host_ip: address(record.host_ip),
        runtime: runtime_kind(record.runtime),
        host_id: None,
        metadata: record.metadata.clone(),
        created_at: record.created_at,
        started_at: record.started_at,
        last_active_at: Some(view.last_active_at),
        private_ports: Some(record.private_ports == PortAccess::All),
        ports_token: Some(record.ports_token.clone()),
        last_updated: record.last_updated,
        ready: record.start.is_ready(),
        start_error: record.start.failure().map(str::to_owned),
    }
}

/// A kind of runtime as clients know it.
pub(crate) fn runtime_kind(kind: Kind) -> RuntimeKind {
    match kind {
        Kind::Container => RuntimeKind::Container,
        Kind::Microvm => RuntimeKind::Microvm,
    }
}

/// What clients call a kind of runtime.
pub(crate) fn kind(runtime: RuntimeKind) -> Kind {
    match runtime {
        RuntimeKind::Container => Kind::Container,
        RuntimeKind::Microvm => Kind::Microvm,
    }
}

/// The address that a capsule has, on its loopback interface if it has no other.
fn address(own: Option<Ipv4Addr>) -> String {
    own.unwrap_or(Ipv4Addr::LOCALHOST).to_string()
}

/// What another team's capsule answers too.
pub(crate) fn no_capsule(id: &CapsuleId) -> ControlError {
    ControlError::not_found(format!("There is no capsule {id}."))
}

impl From<wrenn_store::Error> for ControlError {
    fn from(error: wrenn_store::Error) -> Self {
        Self::internal(error)
    }
}

impl From<HostError> for ControlError {
    fn from(error: HostError) -> Self {
        let refusal = match &error {
            HostError::NotFound { id } => no_capsule(id),
            HostError::WrongState { id, action: "use", state } => Self::new(
                ErrorCode::InvalidState,
                format!("Capsule {id} is {}; it has to be running for this.", state.status()),
            ),
            HostError::WrongState { id, action, state } => Self::new(
                ErrorCode::InvalidState,
                format!("Cannot {action} capsule {id}, because it is {}.", state.status()),
            ),
            HostError::Ended { id, reason } => Self::new(
                ErrorCode::InvalidState,
                format!("Capsule {id} has ended: {reason}. Create a new one."),
            ),
            HostError::Full { limit } => Self::new(
                ErrorCode::NoHostsAvailable,
                format!(
                    "The server has {limit} capsules and takes no more. Destroy some, or try again later."
                ),
            ),
            HostError::NoIds { .. } => Self::new(
                ErrorCode::NoHostsAvailable,
                "The server takes no more capsules. Destroy some, or try again later.",
            ),
            HostError::NotOffered { kind, offered } => Self::invalid(format!(
                "This server has no runtime `{kind}`. Set `runtime` to {}, or leave it away.",
                offered.iter().map(|kind| format!("`{kind}`")).collect::<Vec<_>>().join(" or "),
            )),
            HostError::Stuck { id, .. } => Self::new(
                ErrorCode::HostUnavailable,
                format!(
                    "Capsule {id} could not be removed so far. The server goes on trying; ask again later."
                ),
            ),
            HostError::InvalidPolicy(policy) => Self::invalid(sentence(&policy.to_string())),
            HostError::ShuttingDown => Self::new(
                ErrorCode::HostUnavailable,
                "The server is shutting down. Try again when it is back.",
            ),
            HostError::Agent { .. } => Self::new(
                ErrorCode::AgentError,
                "The capsule's agent could not be set up, so the capsule was removed. Try again.",
            ),
            HostError::NotForked { .. }
            | HostError::Runtime { .. }
            | HostError::Network { .. }
            | HostError::File { .. } => {
                return Self::internal(error);
            }
        };
        refusal.caused_by(error)
    }
}

impl From<TemplateError> for ControlError {
    fn from(error: TemplateError) -> Self {
        let refusal = match &error {
            TemplateError::InvalidName { .. } => {
                Self::invalid("Give a template name of 1 to 64 letters, digits, `-`, `_` and `.`.")
            }
            TemplateError::Definition { .. } => Self::invalid(sentence(&error.to_string())),
            TemplateError::Reserved { name } => Self::new(
                ErrorCode::Conflict,
                format!("The name `{name}` belongs to a built-in template. Choose another one."),
            ),
            TemplateError::Exists { name } => Self::new(
                ErrorCode::Conflict,
                format!("There is a template `{name}` already. Choose another name, or overwrite it."),
            ),
            TemplateError::NotFound { name } => Self::not_found(format!(
                "There is no template `{name}`. List the templates to see which there are."
            )),
            TemplateError::NotBuilt { name } => Self::not_found(format!(
                "The template `{name}` is not built yet. Run `wrenn template build {name}` on the server's machine."
            )),
            TemplateError::Build { .. } | TemplateError::Runtime(_) => return Self::internal(error),
        };
        refusal.caused_by(error)
    }
}

impl From<AgentError> for ControlError {
    fn from(error: AgentError) -> Self {
        let AgentError::Refused { code, message } = &error else {
            let failed =
                "The connection to the capsule's agent failed. Try again; what was asked may have been done.";
            return Self::new(ErrorCode::AgentError, failed).caused_by(error);
        };
        let code = match code {
            AgentCode::NotFound => ErrorCode::NotFound,
            AgentCode::InvalidArgument | AgentCode::OutOfRange => ErrorCode::InvalidRequest,
            AgentCode::AlreadyExists | AgentCode::FailedPrecondition | AgentCode::Aborted => {
                ErrorCode::Conflict
            }
            AgentCode::PermissionDenied => ErrorCode::Forbidden,
            AgentCode::ResourceExhausted => ErrorCode::TooLarge,
            _ => ErrorCode::AgentError,
        };
        Self::new(code, sentence(message)).caused_by(error)
    }
}

/// A message that begins with a capital letter and ends with a point.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.trim_end().chars();
    let mut sentence: String = chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
