//! Which requests are for a port of a capsule, and which port that is.

use http::{Method, Uri, header, request::Parts, uri::PathAndQuery};
use wrenn_api::CapsuleId;

use crate::error::{ApiError, Result};

/// The letters and digits of an id, after its prefix.
const ID_DIGITS: usize = 25;

/// A port of a capsule, as a request names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The capsule.
    pub(crate) id: CapsuleId,
    /// The port.
    pub(crate) port: u16,
    /// What stands before the path that the service inside sees; empty when the host names the port.
    pub(crate) prefix: String,
}

/// Whether a request is for a port, by its host or its path. An error when it is, but cannot be meant.
pub(crate) fn find(parts: &Parts, domain: Option<&str>) -> Option<Result<Address>> {
    if parts.method == Method::CONNECT {
        return None;
    }
    host(parts).and_then(|host| by_host(host, domain)).or_else(|| by_path(parts.uri.path()))
}

/// The host that a request is for, as its client wrote it.
pub(crate) fn host(parts: &Parts) -> Option<&str> {
    if let Some(authority) = parts.uri.authority() {
        return Some(authority.as_str());
    }
    let mut values = parts.headers.get_all(header::HOST).iter();
    let host = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(host)
}

/// The path and query without the prefix.
pub(crate) fn inner_path(uri: &Uri, address: &Address) -> PathAndQuery {
    let whole = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let rest = whole.strip_prefix(address.prefix.as_str()).unwrap_or(whole);
    let path = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    path.parse().unwrap_or_else(|_| PathAndQuery::from_static("/"))
}

/// `{port}-{id}.{domain}`. Without a domain of our own, any host of that exact shape.
fn by_host(host: &str, domain: Option<&str>) -> Option<Result<Address>> {
    let (label, rest) = host.split_once('.')?;
    let (port, id) = label.split_once('-')?;
    let ours = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let name = rest.rsplit_once(':').map_or(rest, |(name, _)| name).trim_end_matches('.');
    let id = id.to_ascii_lowercase();
    let ours = ours
        && match domain {
            Some(domain) => name.eq_ignore_ascii_case(domain),
            None => !name.is_empty() && is_generated(&id),
        };
    ours.then(|| address(&id, port, String::new()))
}

/// `/v1/capsules/{id}/ports/{port}/…`, also under `/api`.
fn by_path(path: &str) -> Option<Result<Address>> {
    let rest = path.strip_prefix("/api").unwrap_or(path).strip_prefix("/v1/capsules/")?;
    let (id, rest) = rest.split_once('/')?;
    let rest = rest.strip_prefix("ports/")?;
    let port = rest.split_once('/').map_or(rest, |(port, _)| port);
    let prefix = &path[..path.len() - rest.len() + port.len()];
    Some(address(id, port, prefix.to_owned()))
}

fn is_generated(id: &str) -> bool {
    id.strip_prefix(CapsuleId::PREFIX).is_some_and(|digits| {
        digits.len() == ID_DIGITS && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn address(id: &str, port: &str, prefix: String) -> Result<Address> {
    let id = id.parse().map_err(|_| {
        ApiError::invalid(
            "Correct the id in the address; ids have 1 to 64 letters, digits, hyphens and underscores.",
        )
    })?;
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let port =
        port.parse().ok().filter(|port| digits && *port > 0).ok_or_else(|| {
            ApiError::invalid("Correct the port in the address to a number from 1 to 65535.")
        })?;
    Ok(Address { id, port, prefix })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const ID: &str = "cl-0123456789abcdefghijklmno";

    fn found(host: &str, path: &str, domain: Option<&str>) -> Option<Result<Address>> {
        let request = Request::builder().uri(path).header("host", host).body(()).unwrap();
        find(&request.into_parts().0, domain)
    }

    fn by_host(host: &str, domain: Option<&str>) -> Option<(String, u16)> {
        let address = found(host, "/v1/capsules", domain)?.unwrap();
        assert_eq!(address.prefix, "");
        Some((address.id.to_string(), address.port))
    }

    #[test]
    fn a_host_names_a_port() {
        let meant = Some((ID.to_owned(), 8000));
        for host in ["localhost", "localhost:8080", "LOCALHOST:1", "127.0.0.1:8080", "a.example.org", "box"] {
            assert_eq!(by_host(&format!("8000-{ID}.{host}"), None), meant, "{host}");
        }
        assert_eq!(by_host(&format!("8000-{}.localhost", ID.to_uppercase()), None), meant);
        for host in ["localhost:8080", "8000-cl-abc.localhost", "x-cl-abc.localhost", "", "."] {
            assert_eq!(by_host(host, None), None, "{host}");
        }
        assert_eq!(by_host(&format!("8000-{ID}"), None), None);
        assert_eq!(by_host(&format!("-{ID}.localhost"), None), None);
    }

    #[test]
    fn with_a_domain_only_its_hosts_do() {
        let domain = Some("wrenn.example");
        let meant = Some((ID.to_owned(), 80));
        for host in ["wrenn.example", "Wrenn.Example:443", "wrenn.example."] {
            assert_eq!(by_host(&format!("80-{ID}.{host}"), domain), meant, "{host}");
        }
        assert_eq!(by_host("80-other.wrenn.example", domain), Some(("other".to_owned(), 80)));
        for host in ["localhost", "x.wrenn.example", "wrenn.example.org", "notwrenn.example"] {
            assert_eq!(by_host(&format!("80-{ID}.{host}"), domain), None, "{host}");
        }
        assert!(found("0-x.wrenn.example", "/", domain).unwrap().is_err());
        assert!(found("65536-x.wrenn.example", "/", domain).unwrap().is_err());
        assert!(found("80-x%41.wrenn.example", "/", domain).unwrap().is_err());
    }

    #[test]
    fn a_path_names_a_port_and_the_rest_goes_on() {
        let inner = |path: &str| {
            let address = found("localhost", path, None).unwrap().unwrap();
            assert_eq!((address.id.as_str(), address.port), ("cl-1", 80));
            (address.prefix.clone(), inner_path(&path.parse().unwrap(), &address).to_string())
        };
        let expect = |prefix: &str, path: &str| (prefix.to_owned(), path.to_owned());
        let short = "/v1/capsules/cl-1/ports/80";
        assert_eq!(inner("/v1/capsules/cl-1/ports/80"), expect(short, "/"));
        assert_eq!(inner("/v1/capsules/cl-1/ports/80?a=b"), expect(short, "/?a=b"));
        assert_eq!(inner("/v1/capsules/cl-1/ports/80/"), expect(short, "/"));
        assert_eq!(
            inner("/api/v1/capsules/cl-1/ports/80/v1/a%2Fb//c/../d?e=/f"),
            expect("/api/v1/capsules/cl-1/ports/80", "/v1/a%2Fb//c/../d?e=/f")
        );
        for path in ["/v1/capsules/cl-1/ports", "/v1/capsules/cl-1/exec", "/v2/capsules/cl-1/ports/80/", "/"]
        {
            assert!(found("localhost", path, None).is_none(), "{path}");
        }
        for path in ["0", "65536", "+80", "x", "", "80x"] {
            let path = format!("/v1/capsules/cl-1/ports/{path}/");
            assert!(found("localhost", &path, None).unwrap().is_err(), "{path}");
        }
    }
}
