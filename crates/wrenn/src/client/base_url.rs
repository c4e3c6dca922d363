//! The server's address in the forms that people write it.

use url::{Host, Url};

use crate::{Error, Result};

/// Wrenn's own service, whose ports are below another name.
const CLOUD: (&str, &str) = ("app.wrenn.dev", "wrenn.dev");

/// A checked base URL. With or without `/api`, `/v1` and trailing slashes it means the same server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl {
    /// Without `/v1`, without a trailing slash.
    text: String,
    url: Url,
}

impl BaseUrl {
    /// Reads what a person wrote.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let bad = |why: &str| {
            Error::Config(format!("the base URL {text:?} {why}; write it like http://127.0.0.1:8080"))
        };
        let mut url = Url::parse(text.trim()).map_err(|_| bad("is no URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad("does not begin with http:// or https://"));
        }
        if url.host_str().is_none_or(str::is_empty) || url.cannot_be_a_base() {
            return Err(bad("names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Error::Config(
                "the base URL holds credentials; give the key as WRENN_API_KEY instead".into(),
            ));
        }
        url.set_query(None);
        url.set_fragment(None);
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/v1").unwrap_or(path).trim_end_matches('/').to_owned();
        url.set_path(&path);
        let text = url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { text, url })
    }

    /// The address without a trailing slash.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the connection is encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The address of `/v1/<segments>`; each segment and value is escaped as needed.
    pub(crate) fn route(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            // These would vanish from the path, or lead up; a blank is no id or name, and the server says so.
            let kept = segments
                .iter()
                .map(|segment| if matches!(*segment, "" | "." | "..") { " " } else { segment });
            path.pop_if_empty().push("v1").extend(kept);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// The address of a capsule's port: by host name where there can be names below the server's, else (addresses,
    /// `localhost`) by path. Without a slash at its end.
    pub(crate) fn port(&self, domain: Option<&str>, id: &str, port: u16) -> String {
        let scheme = self.url.scheme();
        let (named, host) = match self.url.host() {
            Some(Host::Domain(name)) if name != "localhost" => (true, name),
            _ => (false, ""),
        };
        let number = self.url.port().map_or(String::new(), |number| format!(":{number}"));
        match domain {
            Some(domain) => format!("{scheme}://{port}-{id}.{domain}"),
            None if host == CLOUD.0 => format!("{scheme}://{port}-{id}.{}", CLOUD.1),
            None if named => format!("{scheme}://{port}-{id}.{host}{number}"),
            None => self.route(&["capsules", id, "ports", &port.to_string()], &[]).into(),
        }
    }

    /// [`Self::route`] with the scheme for WebSockets.
    pub(crate) fn websocket(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.route(segments, query);
        // From http(s) to ws(s) is a change that the crate allows.
        let _ = url.set_scheme(if self.is_https() { "wss" } else { "ws" });
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(base: &str) -> String {
        BaseUrl::parse(base).expect(base).route(&["capsules"], &[]).to_string()
    }

    #[test]
    fn every_way_to_write_it_works() {
        for base in ["http://h:1", "http://h:1/", " http://h:1/v1 ", "http://h:1/v1/", "http://h:1/?x#y"] {
            assert_eq!(route(base), "http://h:1/v1/capsules", "{base}");
        }
        for base in ["https://h/api", "https://h/api/", "https://h/api//", "https://h/api/v1/"] {
            assert_eq!(route(base), "https://h/api/v1/capsules", "{base}");
        }
    }

    #[test]
    fn segments_and_values_cannot_leave_their_place() {
        let base = BaseUrl::parse("http://h").expect("valid");
        let url = base.route(&["capsules", "../x?y#z/1", "files"], &[("path", "/a b&c=ü")]);
        assert_eq!(url.as_str(), "http://h/v1/capsules/..%2Fx%3Fy%23z%2F1/files?path=%2Fa+b%26c%3D%C3%BC");
    }

    #[test]
    fn dots_do_not_lead_to_another_route() {
        let base = BaseUrl::parse("http://h").expect("valid");
        for id in ["", ".", ".."] {
            assert_eq!(base.route(&["capsules", id, "pause"], &[]).path(), "/v1/capsules/%20/pause");
        }
    }

    #[test]
    fn websockets_keep_the_encryption() {
        let plain = BaseUrl::parse("http://h:1/api").expect("valid").websocket(&["a"], &[]);
        let encrypted = BaseUrl::parse("https://h").expect("valid").websocket(&["a"], &[]);
        assert_eq!((plain.as_str(), encrypted.as_str()), ("ws://h:1/api/v1/a", "wss://h/v1/a"));
    }

    #[test]
    fn ports_are_by_host_name_where_that_can_be() {
        let port = |base: &str, domain| BaseUrl::parse(base).expect("valid").port(domain, "cl-1", 80);
        assert_eq!(port("http://127.0.0.1:8080", None), "http://127.0.0.1:8080/v1/capsules/cl-1/ports/80");
        assert_eq!(port("http://localhost/api", None), "http://localhost/api/v1/capsules/cl-1/ports/80");
        assert_eq!(port("http://[::1]:1/v1", None), "http://[::1]:1/v1/capsules/cl-1/ports/80");
        assert_eq!(port("https://wrenn.example:8443/api", None), "https://80-cl-1.wrenn.example:8443");
        assert_eq!(port("https://app.wrenn.dev/api", None), "https://80-cl-1.wrenn.dev");
        assert_eq!(port("http://127.0.0.1:8080", Some("box.localhost:1")), "http://80-cl-1.box.localhost:1");
    }

    #[test]
    fn nonsense_is_refused_with_advice() {
        for base in ["", "127.0.0.1:8080", "ftp://h", "http://", "http://user:pass@h"] {
            let error = BaseUrl::parse(base).expect_err(base);
            assert!(matches!(error, Error::Config(_)), "{base}: {error}");
        }
        assert!(!BaseUrl::parse("http://user:secret@h").expect_err("refused").to_string().contains("secret"));
    }
}
