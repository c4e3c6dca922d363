//! A server.

use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::{Channels, Connect, JupyterError, Result, Session, rest::Call};

/// How long a server may take over what needs no kernel.
const QUICK: Duration = Duration::from_secs(10);
/// How long a kernel may take to start.
const SLOW: Duration = Duration::from_secs(120);
/// How long a kernel may take to be told of an interrupt.
const SOON: Duration = Duration::from_secs(10);

/// A Jupyter server.
#[derive(Debug, Clone)]
pub struct Jupyter<C> {
    server: C,
}

impl<C: Connect> Jupyter<C> {
    /// The server that is reached so. Nothing is opened yet.
    pub fn new(server: C) -> Self {
        Self { server }
    }

    /// All sessions.
    pub async fn sessions(&self) -> Result<Vec<Session>> {
        self.call("list the sessions", Method::GET, "/api/sessions", None, QUICK).json(&self.server).await
    }

    /// The session of a notebook; the one that is there, if there is one, else one with a kernel of the server's choice.
    pub async fn open_session(&self, path: &str) -> Result<Session> {
        let body = json!({ "path": path, "name": path, "type": "notebook", "kernel": {} });
        self.call("open a session", Method::POST, "/api/sessions", Some(body), SLOW).json(&self.server).await
    }

    /// Ends a session and its kernel.
    pub async fn delete_session(&self, id: &str) -> Result<()> {
        let path = format!("/api/sessions/{}", check(id)?);
        self.call("end a session", Method::DELETE, &path, None, QUICK).send(&self.server).await.map(drop)
    }

    /// Interrupts what a kernel does.
    pub async fn interrupt(&self, kernel: &str) -> Result<()> {
        let path = format!("/api/kernels/{}/interrupt", check(kernel)?);
        self.call("interrupt a kernel", Method::POST, &path, None, SOON).send(&self.server).await.map(drop)
    }

    /// Starts a kernel anew.
    pub async fn restart(&self, kernel: &str) -> Result<()> {
        let path = format!("/api/kernels/{}/restart", check(kernel)?);
        self.call("restart a kernel", Method::POST, &path, None, SLOW).send(&self.server).await.map(drop)
    }

    /// Opens the channels of a kernel. `client` names this client: what a kernel says while its client is away is kept
    /// for the same name.
    pub async fn channels(&self, kernel: &str, client: &str) -> Result<Channels<C::Stream>> {
        const ACTION: &str = "open a kernel's channels";
        let path = format!("/api/kernels/{}/channels?session_id={}", check(kernel)?, check(client)?);
        let open = Channels::open(&self.server, &path, client);
        tokio::time::timeout(SLOW, open)
            .await
            .map_err(|_| JupyterError::Timeout { action: ACTION, limit: SLOW })?
    }

    fn call<'a>(
        &self,
        action: &'static str,
        method: Method,
        path: &'a str,
        body: Option<serde_json::Value>,
        limit: Duration,
    ) -> Call<'a> {
        Call { action, method, path, body, limit }
    }
}

/// Ids come from the server and become parts of addresses.
fn check(id: &str) -> Result<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    if id.is_empty() || id.len() > 100 || !id.bytes().all(plain) {
        return Err(JupyterError::malformed("use an id", &"it is no id"));
    }
    Ok(id)
}
