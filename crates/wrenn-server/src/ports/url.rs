//! The addresses of ports, for clients.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
};

use axum::extract::{FromRequestParts, OriginalUri};
use http::request::Parts;
use wrenn_api::CapsuleId;

use super::{address::host, headers};
use crate::{app::App, front::Peer};

/// Where a client finds this server, as its request shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    scheme: String,
    host: String,
    prefix: &'static str,
}

impl Base {
    fn of(parts: &Parts, peer: Option<SocketAddr>) -> Self {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        Self {
            scheme: headers::scheme(&parts.headers, peer),
            host: headers::outer_host(&parts.headers, peer)
                .or_else(|| host(parts))
                .unwrap_or_default()
                .to_owned(),
            prefix: if uri.path().starts_with("/api/") { "/api" } else { "" },
        }
    }

    /// Where that client finds a port: by host name where names below the server's can be had, else by path. Without a
    /// slash at its end.
    pub(crate) fn port(&self, domain: Option<&str>, id: &CapsuleId, port: u16) -> String {
        let Self { scheme, host, prefix } = self;
        let colon = host.rfind(':').filter(|colon| !host[*colon..].contains(']'));
        let (name, number) = host.split_at(colon.unwrap_or(host.len()));
        match domain {
            Some(domain) => format!("{scheme}://{port}-{id}.{domain}{number}"),
            None if has_subdomains(name) => format!("{scheme}://{port}-{id}.{host}"),
            None => format!("{scheme}://{host}{prefix}/v1/capsules/{id}/ports/{port}"),
        }
    }
}

impl FromRequestParts<App> for Base {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<Peer>().and_then(|Peer(peer)| *peer);
        Ok(Self::of(parts, peer))
    }
}

/// Addresses have none, and few resolvers know those of `localhost`.
fn has_subdomains(name: &str) -> bool {
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    !name.is_empty() && !name.eq_ignore_ascii_case("localhost") && bare.parse::<IpAddr>().is_err()
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[test]
    fn the_form_depends_on_the_hosts_name() {
        let id: CapsuleId = "cl-1".parse().unwrap();
        let url = |host: &str, domain| {
            let parts = Request::builder().header("host", host).body(()).unwrap().into_parts().0;
            Base::of(&parts, None).port(domain, &id, 80)
        };
        assert_eq!(url("localhost:8080", None), "http://localhost:8080/v1/capsules/cl-1/ports/80");
        assert_eq!(url("127.0.0.1", None), "http://127.0.0.1/v1/capsules/cl-1/ports/80");
        assert_eq!(url("[::1]:8080", None), "http://[::1]:8080/v1/capsules/cl-1/ports/80");
        assert_eq!(url("[::1]", None), "http://[::1]/v1/capsules/cl-1/ports/80");
        assert_eq!(url("wrenn.example:8080", None), "http://80-cl-1.wrenn.example:8080");
        assert_eq!(url("api.wrenn.example", Some("box.example")), "http://80-cl-1.box.example");
        assert_eq!(url("127.0.0.1:8080", Some("box.example")), "http://80-cl-1.box.example:8080");
    }

    #[test]
    fn a_proxy_on_this_machine_knows_better() {
        let id: CapsuleId = "cl-1".parse().unwrap();
        let request = Request::builder()
            .header("host", "127.0.0.1:8080")
            .header("x-forwarded-host", "wrenn.example")
            .header("x-forwarded-proto", "https");
        let parts = request.body(()).unwrap().into_parts().0;
        let url = |peer: &str| Base::of(&parts, Some(peer.parse().unwrap())).port(None, &id, 80);
        assert_eq!(url("127.0.0.1:9"), "https://80-cl-1.wrenn.example");
        assert_eq!(url("192.0.2.1:9"), "http://127.0.0.1:8080/v1/capsules/cl-1/ports/80");
    }
}
