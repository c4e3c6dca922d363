//! Which calls may pass, once an access token is set.

use http::request::Parts;

use crate::agent::Agent;

/// Whether the call presents the agent's access token, or needs none.
pub(crate) fn allowed(agent: &Agent, parts: &Parts) -> bool {
    let settings = agent.settings();
    let Some(token) = &settings.access_token else { return true };
    parts.uri.path() == "/health"
        || parts.headers.get("x-access-token").is_some_and(|given| given == token.as_str())
}
