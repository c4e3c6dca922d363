//! What a visitor shows to us, which the service inside must never see.

use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header, request::Parts};
use wrenn_api::{API_KEY_PREFIX, SIGNATURE_QUERY};
use wrenn_control::PortPass;

use super::address::host;

/// What the names of all our cookies begin with.
pub(super) const COOKIE_PREFIX: &str = "wrenn_";
/// The cookie of a browser that came by a signed address.
pub(super) const PASS_COOKIE: &str = "wrenn_port";

static API_KEY: HeaderName = HeaderName::from_static("x-api-key");
static HOST_TOKEN: HeaderName = HeaderName::from_static("x-host-token");
/// A capsule's token; the second name is the one that E2B's clients use.
static PORTS_TOKEN: [HeaderName; 2] =
    [HeaderName::from_static("x-wrenn-ports-token"), HeaderName::from_static("e2b-traffic-access-token")];

/// What was taken from a request.
pub(super) struct Taken {
    pub(super) pass: PortPass,
    /// The signature in the address, for a cookie if it turns out to be good.
    pub(super) signature: Option<String>,
}

/// Takes what is ours out of a request. A service's own `Authorization`, keys and cookies stay.
pub(super) fn take(parts: &mut Parts) -> Taken {
    let mut pass = PortPass::default();
    let believed = is_own_page(parts);
    let headers = &mut parts.headers;
    pass.keys =
        [take_where(headers, &API_KEY, is_key), take_where(headers, &header::AUTHORIZATION, is_bearer)]
            .concat();
    for name in &PORTS_TOKEN {
        pass.tokens.extend(take_where(headers, name, |text| Some(text.to_owned())));
    }
    headers.remove(&HOST_TOKEN);
    let from_cookie = take_cookies(headers);
    let signature = take_signature(&mut parts.uri);
    if let Some(referer) = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok())
        && let Ok(clean) = HeaderValue::from_str(&without_signature(referer).0)
    {
        parts.headers.insert(header::REFERER, clean);
    }
    pass.signatures = signature.iter().cloned().chain(from_cookie.into_iter().filter(|_| believed)).collect();
    Taken { pass, signature }
}

/// Takes the values of a header that are ours.
fn take_where(
    headers: &mut HeaderMap,
    name: &HeaderName,
    ours: impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    if !headers.contains_key(name) {
        return Vec::new();
    }
    let mut taken = Vec::new();
    let mut left = Vec::new();
    for value in headers.get_all(name) {
        match value.to_str().ok().and_then(&ours) {
            Some(text) => taken.push(text),
            None => left.push(value.clone()),
        }
    }
    headers.remove(name);
    for value in left {
        headers.append(name, value);
    }
    taken
}

fn is_key(text: &str) -> Option<String> {
    let key = text.trim();
    key.starts_with(API_KEY_PREFIX).then(|| key.to_owned())
}

fn is_bearer(text: &str) -> Option<String> {
    let (scheme, token) = text.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") { is_key(token) } else { None }
}

/// Takes our cookies, and the signatures in them.
fn take_cookies(headers: &mut HeaderMap) -> Vec<String> {
    let mut signatures = Vec::new();
    let mut left = Vec::new();
    let mut changed = false;
    for value in headers.get_all(header::COOKIE) {
        for pair in value.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii) {
            if !pair.starts_with(COOKIE_PREFIX.as_bytes()) {
                left.push(pair);
                continue;
            }
            changed = true;
            let value = pair.strip_prefix(PASS_COOKIE.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
            signatures.extend(value.map(|value| String::from_utf8_lossy(value).into_owned()));
        }
    }
    if !changed {
        return signatures;
    }
    let joined = HeaderValue::from_bytes(&left.join(&b"; "[..]));
    headers.remove(header::COOKIE);
    if let Some(joined) = joined.ok().filter(|joined| !joined.is_empty()) {
        headers.insert(header::COOKIE, joined);
    }
    signatures
}

fn take_signature(uri: &mut Uri) -> Option<String> {
    let (clean, signature) = without_signature(uri.path_and_query()?.as_str());
    signature.as_ref()?;
    let mut parts = std::mem::take(uri).into_parts();
    let clean = if clean.starts_with('/') { clean } else { format!("/{clean}") };
    parts.path_and_query = clean.parse().ok();
    *uri = Uri::from_parts(parts).unwrap_or_default();
    signature
}

/// An address without our parameter, and that parameter.
fn without_signature(address: &str) -> (String, Option<String>) {
    let Some((path, query)) = address.split_once('?') else { return (address.to_owned(), None) };
    let mut signature = None;
    let left: Vec<_> = query
        .split('&')
        .filter(|pair| match pair.strip_prefix(SIGNATURE_QUERY).and_then(|rest| rest.strip_prefix('=')) {
            Some(value) => {
                signature = Some(value.to_owned());
                false
            }
            None => true,
        })
        .collect();
    match (&signature, left.is_empty()) {
        (None, _) => (address.to_owned(), None),
        (Some(_), true) => (path.to_owned(), signature),
        (Some(_), false) => (format!("{path}?{}", left.join("&")), signature),
    }
}

/// Whether a browser may use its cookie for a request: pages of other ports are neighbours of the same site, and must not
/// act in a person's name.
fn is_own_page(parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(origin) = text("origin") {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        return authority.is_some() && authority == host(parts);
    }
    match text("sec-fetch-site") {
        None | Some("same-origin" | "none") => true,
        // A link on another page, which was followed.
        Some(_) => parts.method == Method::GET && text("sec-fetch-dest") == Some("document"),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn parts(path: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().uri(path).header("host", "own.example:1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    #[test]
    fn ours_is_taken_and_theirs_stays() {
        let mut parts = parts(
            "/a?x=1&wrenn_signature=v1.s&y=2",
            &[
                ("x-api-key", "wrn_ours"),
                ("x-api-key", "theirs"),
                ("authorization", "Bearer wrn_too"),
                ("x-wrenn-ports-token", "wpt_1"),
                ("e2b-traffic-access-token", "wpt_2"),
                ("x-host-token", "h"),
                ("cookie", "a=1; wrenn_port=v1.c; wrenn_session=s"),
                ("cookie", "b=2"),
                ("referer", "http://own.example:1/p?wrenn_signature=v1.r"),
            ],
        );
        let taken = take(&mut parts);
        assert_eq!(taken.pass.keys, ["wrn_ours", "wrn_too"]);
        assert_eq!(taken.pass.tokens, ["wpt_1", "wpt_2"]);
        assert_eq!(taken.pass.signatures, ["v1.s", "v1.c"]);
        assert_eq!(taken.signature.as_deref(), Some("v1.s"));
        assert_eq!(parts.uri, "/a?x=1&y=2");
        let left: Vec<_> =
            parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        let mut expected = vec![
            ("host", "own.example:1"),
            ("x-api-key", "theirs"),
            ("cookie", "a=1; b=2"),
            ("referer", "http://own.example:1/p"),
        ];
        expected.sort_unstable();
        let mut sorted = left;
        sorted.sort_unstable();
        assert_eq!(sorted, expected);
    }

    #[test]
    fn a_service_keeps_its_own_authorization() {
        for value in ["Basic d3JuXw==", "Bearer eyJ", "wrn_x", "Token wrn_x"] {
            let mut parts = parts("/?wrenn_signaturex=1&q", &[("authorization", value)]);
            let taken = take(&mut parts);
            assert!(taken.pass.keys.is_empty() && taken.signature.is_none());
            assert_eq!(parts.headers["authorization"], value);
            assert_eq!(parts.uri, "/?wrenn_signaturex=1&q");
        }
        let mut parts = parts("http://own.example:1?wrenn_signature=v1.a", &[]);
        assert_eq!(take(&mut parts).signature.as_deref(), Some("v1.a"));
        assert_eq!(parts.uri, "http://own.example:1/");
    }

    #[test]
    fn pages_of_others_cannot_use_a_cookie() {
        let believes = |headers: &[(&str, &str)]| {
            let headers = [headers, &[("cookie", "wrenn_port=v1.c")]].concat();
            !take(&mut parts("/", &headers)).pass.signatures.is_empty()
        };
        assert!(believes(&[]));
        assert!(believes(&[("origin", "https://own.example:1")]));
        assert!(believes(&[("sec-fetch-site", "same-origin")]));
        assert!(believes(&[("sec-fetch-site", "same-site"), ("sec-fetch-dest", "document")]));
        assert!(!believes(&[("origin", "https://other.example:1")]));
        assert!(!believes(&[("origin", "null")]));
        assert!(!believes(&[("sec-fetch-site", "same-site"), ("sec-fetch-dest", "image")]));
        assert!(!believes(&[("sec-fetch-site", "cross-site")]));
    }
}
