//! Which calls may pass, once an access token is set.

use std::time::SystemTime;

use http::{Method, request::Parts};
use serde::Deserialize;

use super::signature::{Operation, Signed, same};
use crate::agent::Agent;

/// Whether the call presents the agent's access token, a signature made with it, or needs neither.
pub(crate) fn allowed(agent: &Agent, parts: &Parts) -> bool {
    let settings = agent.settings();
    let Some(token) = &settings.access_token else { return true };
    if parts.uri.path() == "/health" {
        return true;
    }
    match parts.headers.get("x-access-token") {
        Some(given) => same(given.as_bytes(), token.as_bytes()),
        None => parts.uri.path() == "/files" && signed(parts, token),
    }
}

#[derive(Debug, Deserialize)]
struct Query {
    #[serde(default)]
    path: String,
    #[serde(default)]
    username: String,
    signature: String,
    signature_expiration: Option<i64>,
}

fn signed(parts: &Parts, token: &str) -> bool {
    let operation = match parts.method {
        Method::GET | Method::HEAD => Operation::Read,
        Method::POST => Operation::Write,
        _ => return false,
    };
    let Ok(query) = axum::extract::Query::<Query>::try_from_uri(&parts.uri) else { return false };
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
    let signed = Signed {
        path: &query.path,
        operation,
        user: &query.username,
        expiration: query.signature_expiration,
    };
    signed.holds(&query.signature, token, now.try_into().unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::Settings;

    fn agent(token: Option<&str>) -> Agent {
        Agent::new(Settings { access_token: token.map(str::to_owned), ..Settings::default() })
    }

    fn parts(method: &str, uri: &str, token: Option<&str>) -> Parts {
        let mut request = http::Request::builder().method(method).uri(uri);
        if let Some(token) = token {
            request = request.header("X-Access-Token", token);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn without_a_token_set_everything_passes() {
        assert!(allowed(&agent(None), &parts("GET", "/files?path=/x", None)));
    }

    #[test]
    fn the_token_opens_everything_and_health_needs_none() {
        let agent = agent(Some("secret"));
        assert!(allowed(&agent, &parts("GET", "/health", None)));
        assert!(allowed(&agent, &parts("POST", "/process.Process/List", Some("secret"))));
        assert!(!allowed(&agent, &parts("POST", "/process.Process/List", Some("other"))));
        assert!(!allowed(&agent, &parts("POST", "/process.Process/List", None)));
        assert!(!allowed(&agent, &parts("GET", "/files?path=/x", None)));
    }

    #[test]
    fn a_signature_opens_one_file_for_one_purpose() {
        let agent = agent(Some("secret"));
        // SHA-256 of "/x:read::secret".
        let uri = "/files?path=/x&signature=v1_yfkw5Ro50kHRw%2BUqHpb6T0daQWGIfpMjls3WP0tJ%2B6c";
        assert!(allowed(&agent, &parts("GET", uri, None)));
        assert!(!allowed(&agent, &parts("POST", uri, None)));
        assert!(!allowed(&agent, &parts("GET", &format!("{uri}&username=root"), None)));
        assert!(!allowed(&agent, &parts("GET", &uri.replace("/files", "/envs"), None)));
        assert!(!allowed(&agent, &parts("GET", &uri.replace("path=/x", "path=/y"), None)));
    }
}
