//! Keeps a service inside to itself: it speaks for its own address, never for the server's or a neighbour's.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use super::{address::Address, credentials::COOKIE_PREFIX};

/// Headers that speak for a whole host, which a service that shares it with the API must not.
static WHOLE_HOST: [HeaderName; 7] = [
    HeaderName::from_static("clear-site-data"),
    header::STRICT_TRANSPORT_SECURITY,
    HeaderName::from_static("service-worker-allowed"),
    HeaderName::from_static("nel"),
    HeaderName::from_static("report-to"),
    header::ALT_SVC,
    HeaderName::from_static("accept-ch"),
];

/// What a browser lets a page do that shares its host with the API: nothing in the name of that host.
const SANDBOX: &str = "sandbox allow-downloads allow-forms allow-modals allow-popups allow-scripts";

/// Confines an answer.
pub(super) fn confine(headers: &mut HeaderMap, status: StatusCode, address: &Address, host: Option<&str>) {
    let cookies: Vec<_> = headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| confined(cookie, &address.prefix))
        .collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        headers.append(header::SET_COOKIE, cookie);
    }
    if address.prefix.is_empty() {
        return;
    }
    for name in &WHOLE_HOST {
        headers.remove(name);
    }
    headers.append(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX));
    if status.is_redirection() || status == StatusCode::CREATED {
        for name in [header::LOCATION, header::CONTENT_LOCATION] {
            let moved =
                headers.get(&name).and_then(|place| moved(place.to_str().ok()?, &address.prefix, host));
            if let Some(value) = moved.and_then(|place| HeaderValue::from_str(&place).ok()) {
                headers.insert(name, value);
            }
        }
    }
}

/// A cookie for this address only; `None` for one with a name of ours.
fn confined(cookie: &HeaderValue, prefix: &str) -> Option<HeaderValue> {
    let text = std::str::from_utf8(cookie.as_bytes()).ok()?;
    let mut parts = text.split(';');
    let pair = parts.next()?.trim();
    if pair.starts_with(COOKIE_PREFIX) {
        return None;
    }
    let mut confined = pair.to_owned();
    let mut path = None;
    for attribute in parts.map(str::trim) {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "domain" => {}
            "path" => path = Some(value.trim()),
            _ => confined = format!("{confined}; {attribute}"),
        }
    }
    match (path, prefix) {
        (None, "") => {}
        (Some(path), "") => confined = format!("{confined}; Path={path}"),
        (path, prefix) => {
            let path = path.filter(|path| path.starts_with('/')).unwrap_or("/");
            let path = if is_below(path, prefix) { path.to_owned() } else { format!("{prefix}{path}") };
            confined = format!("{confined}; Path={path}");
        }
    }
    HeaderValue::from_str(&confined).ok()
}

/// Where a redirect of a service leads that does not know of its prefix.
fn moved(place: &str, prefix: &str, host: Option<&str>) -> Option<String> {
    let path = match place.split_once("://") {
        Some((_, rest)) => rest.strip_prefix(host?)?,
        None => place,
    };
    let inner = path.starts_with('/') && !path.starts_with("//");
    (inner && !is_below(path, prefix)).then(|| format!("{prefix}{path}"))
}

/// Whether a place is the prefix or below it, and not only one that begins alike, as that of port 8080 does with that of 80.
fn is_below(place: &str, prefix: &str) -> bool {
    place.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_stay_at_their_address() {
        let confined = |cookie: &'static str, prefix: &str| {
            confined(&HeaderValue::from_static(cookie), prefix)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(
            confined("a=1; Domain=example.org; Secure; Path=/x", "").as_deref(),
            Some("a=1; Secure; Path=/x")
        );
        assert_eq!(confined("a=1", "").as_deref(), Some("a=1"));
        assert_eq!(confined("a=1; HttpOnly", "/p").as_deref(), Some("a=1; HttpOnly; Path=/p/"));
        assert_eq!(confined("a=1; path=/x; DOMAIN=o", "/p").as_deref(), Some("a=1; Path=/p/x"));
        assert_eq!(confined("a=1; Path=/p/x", "/p").as_deref(), Some("a=1; Path=/p/x"));
        assert_eq!(confined("a=1; Path=x", "/p").as_deref(), Some("a=1; Path=/p/"));
        assert_eq!(confined("a=1; Path=/p/8080/", "/p/80").as_deref(), Some("a=1; Path=/p/80/p/8080/"));
        assert_eq!(confined(" wrenn_port=x; Path=/", ""), None);
    }

    #[test]
    fn redirects_stay_below_the_prefix() {
        let moved = |place| moved(place, "/p/80", Some("h:1"));
        assert_eq!(moved("/login?next=/").as_deref(), Some("/p/80/login?next=/"));
        assert_eq!(moved("/p/800").as_deref(), Some("/p/80/p/800"));
        assert_eq!(moved("http://h:1/x").as_deref(), Some("/p/80/x"));
        for place in ["/p/80/x", "/p/80", "x", "../x", "http://other/x", "//other/x", "http://h:11/x", "?a"] {
            assert_eq!(moved(place), None, "{place}");
        }
    }

    #[test]
    fn a_page_that_shares_the_apis_host_is_boxed_in() {
        let address =
            |prefix: &str| Address { id: "cl-1".parse().unwrap(), port: 80, prefix: prefix.to_owned() };
        let answer = || {
            let mut headers = HeaderMap::new();
            headers.insert("clear-site-data", HeaderValue::from_static("\"*\""));
            headers.insert("content-security-policy", HeaderValue::from_static("default-src 'self'"));
            headers
        };
        let mut by_path = answer();
        confine(&mut by_path, StatusCode::OK, &address("/p"), None);
        assert!(!by_path.contains_key("clear-site-data"));
        let policies: Vec<_> = by_path.get_all("content-security-policy").iter().collect();
        assert_eq!(policies, ["default-src 'self'", SANDBOX]);
        assert!(!SANDBOX.contains("same-origin"));
        let mut by_host = answer();
        confine(&mut by_host, StatusCode::OK, &address(""), None);
        assert_eq!(by_host, answer());
    }
}
