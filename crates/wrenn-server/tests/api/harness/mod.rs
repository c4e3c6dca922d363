//! A server in this process, and a client that says what it gets.

mod runtime;
mod socket;

pub(crate) use socket::Socket;

use std::{net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;
use wrenn_api::{ListCapsulesQuery, TeamId};
use wrenn_control::Control;
use wrenn_server::Config;

/// A server on a port of its own.
pub(crate) struct Server {
    client: Client,
    control: Arc<Control>,
    stop: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
    dir: tempfile::TempDir,
}

/// Somebody who knows where the server is and has a key. A server is its first team's.
#[derive(Clone)]
pub(crate) struct Client {
    /// Where the server listens.
    pub(crate) address: SocketAddr,
    /// The host that it names in its requests.
    pub(crate) host: String,
    /// A valid API key.
    pub(crate) key: String,
}

impl std::ops::Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Server {
    /// A server with the usual limits.
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    /// A server with other limits.
    pub(crate) async fn with(config: Config) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let control = Arc::new(runtime::control(dir.path()).await);
        let key = control.credentials().expect("credentials").api_key;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = CancellationToken::new();
        let shutdown = stop.clone().cancelled_owned();
        let task = tokio::spawn(wrenn_server::serve(listener, control.clone(), config, shutdown));
        Self { client: Client { address, host: address.to_string(), key }, control, stop, task, dir }
    }

    /// Another client of the same team.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Lets it stop by and by.
    pub(crate) fn ask_to_stop(&self) {
        self.stop.cancel();
    }

    /// Stops it and waits until it has.
    pub(crate) async fn stop(self) {
        self.ask_to_stop();
        self.task.await.expect("no panic").expect("no error");
        let team =
            self.control.authenticate_api_key(&self.client.key).await.expect("the key is valid").team_id;
        let all = self.control.list_capsules(&team, &ListCapsulesQuery::default()).await.expect("a list");
        for capsule in all.capsules {
            self.control.destroy_capsule(&team, &capsule.id).await.expect("an end");
        }
        self.control.shutdown().await;
    }

    /// A client that acts for another team.
    pub(crate) async fn another_team(&self) -> Client {
        let store =
            wrenn_store::Store::open(&self.control.data_dir().join("wrenn.db")).await.expect("the database");
        let team = TeamId::generate();
        store.create_team(&team, "Strangers", "0123ab-4567cd").await.expect("a team");
        store.close().await;
        let key = self.control.create_api_key(&team, None).await.expect("a key").key;
        Client { key, ..self.client.clone() }
    }

    /// A running capsule.
    pub(crate) async fn capsule(&self) -> String {
        self.capsule_with(r#"{"template":"plain"}"#).await
    }

    /// A running capsule as the body says.
    pub(crate) async fn capsule_with(&self, body: &str) -> String {
        let reply = self.call(Method::POST, "/v1/capsules", body).await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        reply.json()["id"].as_str().expect("an id").to_owned()
    }

    /// A directory for the files of a test, which is gone with the server.
    pub(crate) fn files(&self) -> std::path::PathBuf {
        let files = self.dir.path().join("files");
        std::fs::create_dir_all(&files).expect("a directory");
        files
    }
}

impl Client {
    /// The same, by another host name.
    pub(crate) fn at(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// Sends JSON with a valid key.
    pub(crate) async fn call(&self, method: Method, path: &str, body: &str) -> Reply {
        let headers = [("x-api-key", self.key.as_str()), ("content-type", "application/json")];
        self.send(method, path, &headers, body.to_owned()).await
    }

    /// The same; nothing when the connection ends without an answer.
    pub(crate) async fn try_call(&self, method: Method, path: &str, body: &str) -> Option<Reply> {
        let headers = [("x-api-key", self.key.as_str()), ("content-type", "application/json")];
        self.exchange(method, path, &headers, body.to_owned().into()).await.ok()
    }

    /// Sends a form with a valid key.
    pub(crate) async fn upload(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = String::new();
        for (name, value) in fields {
            body.push_str(&format!(
                "--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        body.push_str("--XX--\r\n");
        let kind = ("content-type", "multipart/form-data; boundary=XX");
        self.send(Method::POST, path, &[("x-api-key", &self.key), kind], body).await
    }

    /// Asks for a WebSocket with a valid key.
    pub(crate) async fn upgrade(&self, path: &str) -> Reply {
        let headers = [
            ("x-api-key", self.key.as_str()),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        self.send(Method::GET, path, &headers, "").await
    }

    /// Sends anything, on a connection of its own.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        self.exchange(method, path, headers, body.into()).await.expect("an answer")
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> hyper::Result<Reply> {
        let mut request = Request::builder().method(method).uri(path).header("host", &self.host);
        for (name, value) in headers {
            request = request.header(*name, value.as_bytes());
        }
        let request = request.body(Full::new(body)).expect("a valid request");
        let stream = TcpStream::connect(self.address).await.expect("a connection");
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
        let connection = tokio::spawn(connection);
        let (parts, body) = sender.send_request(request).await?.into_parts();
        let body = if parts.status == 101 { Bytes::new() } else { body.collect().await?.to_bytes() };
        connection.abort();
        Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

/// What the server answered.
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Reply {
    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// All values of a header.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().map(|value| value.to_str().expect("text")).collect()
    }

    /// Status and body on one line, with the request's id hidden.
    pub(crate) fn summary(&self) -> String {
        let id = self.header("x-request-id").expect("an id");
        assert!(id.len() == 36 && id.starts_with("req-"), "{id}");
        format!("{} {}", self.status, self.text().replace(id, "[id]"))
    }

    /// The body is an error's, with this code, a sentence, and the id that the header has.
    pub(crate) fn assert_error(&self, code: &str) {
        let error = &self.json()["error"];
        assert_eq!(error["code"], code, "{}", self.text());
        let message = error["message"].as_str().expect("a message");
        assert!(message.ends_with('.') && !message.starts_with(char::is_lowercase), "no sentence: {message}");
        assert_eq!(error["request_id"].as_str(), self.header("x-request-id"));
        assert_eq!(self.header("content-type"), Some("application/json"));
    }
}

/// Every operation of the document that needs a key.
pub(crate) fn operations() -> Vec<(Method, String)> {
    let document: Value = serde_json::from_str(&wrenn_server::openapi_json()).expect("the document is JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let mut operations = Vec::new();
    for (path, item) in paths.into_iter().filter(|(path, _)| path.starts_with("/v1/")) {
        let closed = item
            .as_object()
            .expect("operations")
            .iter()
            .filter(|(_, operation)| operation["security"].is_null());
        for (method, _) in closed {
            operations.push((method.to_uppercase().parse().expect("a method"), path.clone()));
        }
    }
    operations
}
