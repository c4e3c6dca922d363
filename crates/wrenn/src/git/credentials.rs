//! Passwords for remotes, which stay nowhere.

use std::fmt;

use url::{Host, Url};

/// Answers git's question for a login from the environment; other questions (to store, to erase) get no answer.
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$WRENN_GIT_USERNAME" "$WRENN_GIT_PASSWORD"; }; f"#;

/// A user and a password or token for one git command over https.
///
/// They reach git through its environment alone: neither the repository's configuration nor a command line nor a log
/// holds them, and no helper that is configured inside gets to store them. Git offers them only to the host of the
/// remote, never to one that it is redirected to. Unencrypted remotes are refused, but for the capsule itself.
///
/// ```no_run
/// use wrenn::GitCredentials;
///
/// # async fn example(capsule: wrenn::Capsule, token: String) -> wrenn::Result<()> {
/// let credentials = GitCredentials::new("x-access-token", token).host("github.com");
/// capsule.git().push().cwd("/app/repo").credentials(credentials).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct GitCredentials {
    username: String,
    password: String,
    host: Option<String>,
}

impl GitCredentials {
    /// A user's name and password; many hosts take a token as the password.
    pub fn new(username: impl Into<String>, password: impl Into<String>) -> Self {
        Self { username: username.into(), password: password.into(), host: None }
    }

    /// The only host that they are for: a command that would talk to another is refused.
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Whether they may be used there.
    pub(super) fn check(&self, scope: &Scope) -> Result<(), String> {
        if [&self.username, &self.password].iter().any(|text| text.contains(['\n', '\r', '\0'])) {
            return Err("the credentials hold a line break or a zero byte, which git cannot take".into());
        }
        match &self.host {
            Some(host) if !host.eq_ignore_ascii_case(&scope.host) => {
                Err(format!("the credentials are for {host}, but the remote is on {}", scope.host))
            }
            _ => Ok(()),
        }
    }

    /// The environment in which git finds them.
    pub(super) fn envs(&self, scope: &Scope) -> Vec<(String, String)> {
        let helper_key = format!("credential.{}.helper", scope.origin);
        [
            ("WRENN_GIT_USERNAME", self.username.as_str()),
            ("WRENN_GIT_PASSWORD", self.password.as_str()),
            ("GIT_CONFIG_COUNT", "2"),
            // An empty helper takes away all those configured before it: none of them shall store the password.
            ("GIT_CONFIG_KEY_0", "credential.helper"),
            ("GIT_CONFIG_VALUE_0", ""),
            ("GIT_CONFIG_KEY_1", &helper_key),
            ("GIT_CONFIG_VALUE_1", HELPER),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

impl fmt::Debug for GitCredentials {
    /// Shows for whom they are, not what they are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitCredentials")
            .field("username", &self.username)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// Where credentials are valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    /// Scheme, host and port, as git compares them.
    origin: String,
    host: String,
}

impl Scope {
    /// The scope of a remote's address.
    pub(super) fn of(remote: &str) -> Result<Self, String> {
        let url = Url::parse(remote).map_err(|_| {
            "credentials are for remotes with https:// addresses; this one has another kind of address"
                .to_owned()
        })?;
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        match url.scheme() {
            "https" => {}
            "http" if here => {}
            "http" => {
                return Err("credentials would go to an http:// remote unencrypted; use https://".into());
            }
            scheme => return Err(format!("credentials are for https:// remotes, not {scheme}://")),
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Ok(Self { origin: format!("{}://{host}{port}", url.scheme()), host })
    }
}

/// Takes user and password out of an address, where git would write them into the repository's configuration.
pub(super) fn split(url: &str) -> (String, Option<GitCredentials>) {
    let Ok(mut parsed) = Url::parse(url) else { return (url.to_owned(), None) };
    let Some(password) = parsed.password().map(decode) else { return (url.to_owned(), None) };
    let credentials = GitCredentials::new(decode(parsed.username()), password);
    if parsed.set_password(None).and_then(|()| parsed.set_username("")).is_err() {
        return (url.to_owned(), None);
    }
    (parsed.into(), Some(credentials))
}

/// Undoes the escapes of an address.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match rest {
            [b'%', high, low, ..] => {
                std::str::from_utf8(&[*high, *low]).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &rest[3..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert!(!format!("{:?}", GitCredentials::new("me", "secret")).contains("secret"));
    }

    #[test]
    fn they_are_bound_to_scheme_host_and_port() {
        let scope = Scope::of("https://me@git.example.org:8443/a/b.git").expect("allowed");
        assert_eq!(scope.origin, "https://git.example.org:8443");
        let envs = GitCredentials::new("me", "pw").envs(&scope);
        assert!(
            envs.contains(&(
                "GIT_CONFIG_KEY_1".into(),
                "credential.https://git.example.org:8443.helper".into()
            ))
        );
        assert!(envs.iter().all(|(name, value)| name == "WRENN_GIT_PASSWORD" || !value.contains("pw")));
    }

    #[test]
    fn they_do_not_travel_unencrypted_or_elsewhere() {
        for remote in
            ["http://git.example.org/x", "git@github.com:a/b", "ssh://h/x", "/srv/x.git", "git://h/x"]
        {
            assert!(Scope::of(remote).is_err(), "{remote}");
        }
        for remote in ["http://127.0.0.1:3000/x", "http://localhost/x", "http://[::1]:1/x"] {
            assert!(Scope::of(remote).is_ok(), "{remote}");
        }
        let bound = GitCredentials::new("me", "pw").host("github.com");
        assert!(bound.check(&Scope::of("https://GitHub.com/x").expect("allowed")).is_ok());
        assert!(bound.check(&Scope::of("https://github.com.evil.org/x").expect("allowed")).is_err());
    }

    #[test]
    fn a_line_break_cannot_forge_an_answer() {
        let scope = Scope::of("https://h/x").expect("allowed");
        assert!(GitCredentials::new("me", "pw\nhost=evil").check(&scope).is_err());
    }

    #[test]
    fn an_address_loses_its_password() {
        let (url, credentials) = split("https://me:p%40ss@h/x.git");
        assert_eq!((url.as_str(), credentials), ("https://h/x.git", Some(GitCredentials::new("me", "p@ss"))));
        assert_eq!(split("https://me@h/x"), ("https://me@h/x".into(), None));
        assert_eq!(split("git@h:x"), ("git@h:x".into(), None));
    }
}
