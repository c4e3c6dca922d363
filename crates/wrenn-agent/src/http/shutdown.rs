//! `POST /shutdown`: the end of a virtual machine, in order.

use axum::extract::State;
use http::StatusCode;

use super::error::HttpError;
use crate::agent::Agent;

/// Answers, and then has all processes end and the machine switched off.
pub(super) async fn shutdown(State(agent): State<Agent>) -> Result<StatusCode, HttpError> {
    if !agent.has_machine() {
        let message = "This agent is not a machine's own; end its process instead.";
        return Err(HttpError::new(StatusCode::NOT_IMPLEMENTED, message));
    }
    agent.ask_to_end();
    Ok(StatusCode::ACCEPTED)
}
