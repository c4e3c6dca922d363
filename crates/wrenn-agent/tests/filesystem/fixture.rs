//! An agent on a TCP port and a unix socket, and a directory to play in.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use wrenn_agent::{Agent, Listener, Settings, serve};
use wrenn_agent_proto::AgentClient;

/// How long something may take that will happen.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct TestAgent {
    pub(crate) agent: Agent,
    pub(crate) client: AgentClient,
    pub(crate) address: SocketAddr,
    pub(crate) socket: PathBuf,
    /// Where every user may do everything.
    pub(crate) root: PathBuf,
    _dir: tempfile::TempDir,
}

impl TestAgent {
    pub(crate) async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().canonicalize().unwrap();
        let (socket, root) = (base.join("agent.sock"), base.join("root"));
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&base, fs::Permissions::from_mode(0o755)).unwrap();
        fs::set_permissions(&root, fs::Permissions::from_mode(0o777)).unwrap();
        let agent = Agent::new(settings);
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = tcp.local_addr().unwrap();
        let unix = UnixListener::bind(&socket).unwrap();
        tokio::spawn(serve(Listener::Tcp(tcp), agent.clone(), std::future::pending()));
        tokio::spawn(serve(Listener::Unix(unix), agent.clone(), std::future::pending()));
        let dialled = socket.clone();
        let dial = move || UnixStream::connect(dialled.clone());
        let client = if crate::ONE_CONNECTION {
            AgentClient::over_one_connection(dial)
        } else {
            AgentClient::new(dial)
        };
        Self { agent, client, address, socket, root, _dir: dir }
    }

    /// A path in the root, as text.
    pub(crate) fn at(&self, name: &str) -> String {
        self.root.join(name).to_str().unwrap().to_owned()
    }

    /// The address of a file for plain HTTP.
    pub(crate) fn files(&self, name: &str) -> String {
        format!("/files?path={}", self.at(name).replace(' ', "%20"))
    }

    /// One request on a connection of its own.
    pub(crate) async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let (mut parts, body) = request.into_parts();
        parts.headers.insert("host", "agent".parse().unwrap());
        let response = sender.send_request(Request::from_parts(parts, Full::new(body))).await.unwrap();
        let (parts, body) = response.into_parts();
        Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
    }

    pub(crate) async fn get(&self, target: &str) -> Response<Bytes> {
        self.send(Request::get(target).body(Bytes::new()).unwrap()).await
    }

    pub(crate) async fn post(&self, target: &str, kind: &str, body: impl Into<Bytes>) -> Response<Bytes> {
        self.send(Request::post(target).header("content-type", kind).body(body.into()).unwrap()).await
    }

    /// The names in a directory of the root, hidden ones too.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let items = fs::read_dir(self.root.join(name)).unwrap();
        let mut names: Vec<_> = items.map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

/// The answer's status and JSON.
pub(crate) fn json(response: &Response<Bytes>) -> (u16, serde_json::Value) {
    let body = serde_json::from_slice(response.body());
    (response.status().as_u16(), body.unwrap_or_else(|_| panic!("not JSON: {:?}", response.body())))
}

/// Fails unless the answer is a refusal with that status and a sentence.
pub(crate) fn assert_refused(response: &Response<Bytes>, status: u16) {
    let (found, body) = json(response);
    assert_eq!((found, body["code"].as_u64()), (status, Some(status.into())), "{body}");
    assert!(body["message"].as_str().is_some_and(|text| text.contains(' ')), "{body}");
}

/// Waits until `condition` holds.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LIMIT, "{what} did not happen in {LIMIT:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits for something that must come.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, future).await.unwrap_or_else(|_| panic!("{what} did not happen in {LIMIT:?}"))
}
