//! Who makes a request.

use axum::extract::FromRequestParts;
use http::{HeaderMap, header, request::Parts};
use wrenn_control::Caller;

use crate::{
    app::{App, Inner},
    error::{ApiError, Result},
};

/// A request with a valid credential. Comes first among a handler's arguments, so that nothing else is looked at before.
pub(crate) struct Authorized(pub(crate) Caller);

impl FromRequestParts<App> for Authorized {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let key = credential(&parts.headers).ok_or_else(ApiError::unauthorized)?;
        app.authenticate(key).await.map(Self)
    }
}

/// The API key in a request's headers, if there is any.
pub(crate) fn credential(headers: &HeaderMap) -> Option<&str> {
    if let Some(key) = headers.get("x-api-key") {
        // A key that is no text is no key, but it is a credential: never fall back to another one.
        return Some(key.to_str().unwrap_or_default().trim());
    }
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    Some(if scheme.eq_ignore_ascii_case("bearer") { token.trim() } else { "" })
}

impl Inner {
    /// Finds whom a key belongs to. The control plane remembers keys that it has seen.
    pub(crate) async fn authenticate(&self, key: &str) -> Result<Caller> {
        Ok(self.control.authenticate_api_key(key).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_comes_from_either_header_and_never_from_a_second_choice() {
        let with = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            credential(&headers).map(str::to_owned)
        };
        assert_eq!(with(&[]), None);
        assert_eq!(with(&[("x-api-key", "wrn_a")]).as_deref(), Some("wrn_a"));
        assert_eq!(with(&[("authorization", "bearer wrn_b")]).as_deref(), Some("wrn_b"));
        assert_eq!(with(&[("authorization", "Basic wrn_b")]).as_deref(), Some(""));
        assert_eq!(with(&[("x-api-key", ""), ("authorization", "Bearer wrn_b")]).as_deref(), Some(""));
    }
}
