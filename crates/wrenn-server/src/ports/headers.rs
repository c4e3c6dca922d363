//! What of a message's head is passed on.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};

use super::address::{Address, host};

/// Headers that are about one connection only. `trailer` is not among them: it is about the body.
static ONE_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
static FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// The protocol that a message wants to change to. Never to HTTP/2, whose further requests nobody would look at.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let wants = headers.get_all(header::CONNECTION).iter().any(|value| {
        let tokens = value.to_str().unwrap_or_default().split(',');
        tokens.map(str::trim).any(|token| token.eq_ignore_ascii_case("upgrade"))
    });
    headers
        .get(header::UPGRADE)
        .filter(|protocol| wants && !protocol.as_bytes().eq_ignore_ascii_case(b"h2c"))
        .cloned()
}

/// Removes what is about one connection only, and makes it anew for the next one.
pub(super) fn pass(headers: &mut HeaderMap, upgrade: Option<HeaderValue>) {
    let trailers = headers.get_all(header::TE).iter().any(|value| {
        let tokens = value.to_str().unwrap_or_default().split(',');
        tokens.map(str::trim).any(|token| token.eq_ignore_ascii_case("trailers"))
    });
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    if headers.contains_key(header::TRANSFER_ENCODING) {
        // Of two lengths only one can be meant, and the next hop might choose the other.
        headers.remove(header::CONTENT_LENGTH);
    }
    for name in named.iter().chain(&ONE_HOP) {
        headers.remove(name);
    }
    if trailers {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
    }
    if let Some(protocol) = upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, protocol);
    }
}

/// Whether what a peer says of the connection before it is believed: only when it is on this machine, as a proxy with a
/// certificate would be.
fn is_trusted(peer: Option<SocketAddr>) -> bool {
    peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
}

/// The scheme that a client used.
pub(super) fn scheme(headers: &HeaderMap, peer: Option<SocketAddr>) -> String {
    let said =
        headers.get(&FORWARDED_PROTO).filter(|_| is_trusted(peer)).and_then(|value| value.to_str().ok());
    let first = said.and_then(|said| said.split(',').next()).map_or("", str::trim);
    if first.eq_ignore_ascii_case("https") { "https" } else { "http" }.to_owned()
}

/// The host that a client named, when a proxy before us says so.
pub(super) fn outer_host(headers: &HeaderMap, peer: Option<SocketAddr>) -> Option<&str> {
    let said = headers.get(&FORWARDED_HOST).filter(|_| is_trusted(peer))?.to_str().ok()?;
    said.split(',').next().map(str::trim)
}

/// Tells the service inside how it is reached.
pub(super) fn introduce(parts: &mut Parts, address: &Address, peer: Option<SocketAddr>) {
    let host = host(parts).and_then(|host| HeaderValue::from_str(host).ok());
    let headers = &mut parts.headers;
    if !is_trusted(peer) {
        // All of them, since services believe more of them than we know: X-Forwarded-Port, -User, -Email.
        let said = |name: &&HeaderName| name.as_str().starts_with("x-forwarded-");
        let said: Vec<_> = headers.keys().filter(said).cloned().collect();
        for name in said.iter().chain([&header::FORWARDED]) {
            headers.remove(name);
        }
    }
    if let Some(peer) = peer {
        let mut chain: Vec<_> = headers
            .get_all(&FORWARDED_FOR)
            .iter()
            .filter_map(|value| Some(value.to_str().ok()?.to_owned()))
            .collect();
        chain.push(peer.ip().to_canonical().to_string());
        if let Ok(value) = HeaderValue::from_str(&chain.join(", ")) {
            headers.insert(FORWARDED_FOR.clone(), value);
        }
    }
    if let Some(host) = host {
        headers.entry(&FORWARDED_HOST).or_insert_with(|| host.clone());
        headers.insert(header::HOST, host);
    }
    headers.entry(&FORWARDED_PROTO).or_insert(HeaderValue::from_static("http"));
    headers.remove(&FORWARDED_PREFIX);
    if !address.prefix.is_empty()
        && let Ok(prefix) = HeaderValue::from_str(&address.prefix)
    {
        headers.insert(FORWARDED_PREFIX.clone(), prefix);
    }
    join_cookies(headers);
}

/// HTTP/2 clients may send each cookie in a line of its own, which HTTP/1.1 does not know.
fn join_cookies(headers: &mut HeaderMap) {
    let lines: Vec<_> = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect();
    if lines.len() > 1
        && let Ok(joined) = HeaderValue::from_bytes(&lines.join(&b"; "[..]))
    {
        headers.insert(header::COOKIE, joined);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_say_of_the_way_is_not_passed_on() {
        let said = |peer: &str| {
            let mut parts = http::Request::new(()).into_parts().0;
            for name in ["x-forwarded-for", "x-forwarded-port", "x-forwarded-user", "forwarded", "x-own"] {
                parts.headers.insert(name, HeaderValue::from_static("1"));
            }
            let address = Address { id: "cl-1".parse().unwrap(), port: 80, prefix: String::new() };
            introduce(&mut parts, &address, Some(peer.parse().unwrap()));
            parts.headers
        };
        let headers = said("192.0.2.1:1");
        assert_eq!(headers["x-forwarded-for"], "192.0.2.1");
        for gone in ["x-forwarded-port", "x-forwarded-user", "forwarded"] {
            assert!(!headers.contains_key(gone), "{gone}");
        }
        assert_eq!(headers["x-own"], "1");
        let headers = said("127.0.0.1:1");
        assert_eq!(headers["x-forwarded-for"], "1, 127.0.0.1");
        assert_eq!(headers["x-forwarded-user"], "1");
    }
}
