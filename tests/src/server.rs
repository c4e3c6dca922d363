//! The server under test: the real binary, on a free port, with a data directory of its own.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use wrenn::{Capsule, Client};

use crate::Leaks;

/// Where the `wrenn` binary is that the same build made.
///
/// # Panics
/// When it was not built.
pub fn wrenn_binary() -> PathBuf {
    if let Some(path) = std::env::var_os("WRENN_BINARY") {
        return path.into();
    }
    let test = std::env::current_exe().expect("a test knows its own path");
    let path = test.ancestors().nth(2).expect("tests are in target/<profile>/deps").join("wrenn");
    assert!(path.exists(), "{} is missing: run `cargo build -p wrenn-cli` first", path.display());
    path
}

/// How much of the server's log a failed test shows.
const LINES_OF_LOG: usize = 40;

/// How long a server may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a test may choose about its server.
#[derive(Debug, Default, Clone)]
pub struct Options {
    /// More arguments to `wrenn serve`.
    pub args: Vec<String>,
    /// More environment variables.
    pub envs: Vec<(String, String)>,
}

/// The environment variable that has all servers of tests use one kind of runtime, unless a test says otherwise.
const RUNTIME_VARIABLE: &str = "WRENN_TEST_RUNTIME";

/// A running server, ended with all its capsules when dropped.
#[derive(Debug)]
pub struct TestServer {
    child: Child,
    dir: tempfile::TempDir,
    options: Options,
    /// As in `http://127.0.0.1:1234`.
    pub base_url: String,
    /// The key of its first team.
    pub api_key: String,
}

impl TestServer {
    /// Starts a server and waits until it answers.
    pub async fn start() -> Self {
        Self::start_with(Options::default()).await
    }

    /// The same with containers for capsules, for tests that are about them, whatever all others run on.
    pub async fn of_containers() -> Self {
        let args = ["--runtime", "container"].map(str::to_owned).to_vec();
        Self::start_with(Options { args, ..Options::default() }).await
    }

    /// The same with choices.
    pub async fn start_with(options: Options) -> Self {
        let dir = tempfile::Builder::new().prefix("wrenn-test-").tempdir().expect("a temporary directory");
        let (child, base_url) = launch(dir.path(), &options).await;
        let api_key = bootstrap(dir.path());
        Self { child, dir, options, base_url, api_key }
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        self.dir.path()
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the server has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_path(self.dir.path())).unwrap_or_default()
    }

    /// A client with the server's own key.
    pub fn client(&self) -> Client {
        self.client_with_key(&self.api_key)
    }

    /// A client with another key.
    pub fn client_with_key(&self, key: &str) -> Client {
        Client::builder().base_url(&self.base_url).api_key(key).build().expect("a client")
    }

    /// A running capsule of template `minimal` with 512 MiB.
    pub async fn capsule(&self) -> Capsule {
        let capsule = self.client().create_capsule("minimal").await.expect("a capsule");
        capsule.wait_for_ready().await.expect("a ready capsule");
        capsule
    }

    /// The `wrenn` command, pointed at this server.
    pub fn cli(&self) -> Command {
        let mut command = Command::new(wrenn_binary());
        command
            .env("WRENN_BASE_URL", &self.base_url)
            .env("WRENN_API_KEY", &self.api_key)
            .env_remove("WRENN_DATA_DIR")
            .stdin(Stdio::null());
        command
    }

    /// Calls the API directly: method, path below `/v1`, and a body where there is one. Answers status and JSON.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> (u16, serde_json::Value) {
        self.call_with_key(&self.api_key, method, path, body).await
    }

    /// The same with another key.
    pub async fn call_with_key(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> (u16, serde_json::Value) {
        let method = method.parse().expect("a method");
        let mut request =
            http_client().request(method, format!("{}/v1{path}", self.base_url)).header("X-API-Key", key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text)))
    }

    /// Ends the server by SIGKILL: it can tidy nothing up.
    pub fn kill(&mut self) {
        self.child.kill().expect("the server runs");
        self.child.wait().expect("the server ends");
    }

    /// Ends the server by SIGTERM and waits for it.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        signal(self.child.id(), "TERM");
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the server can be waited for") {
                return status;
            }
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "the server ignores SIGTERM:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts the server again over the same data, after [`Self::kill`] or [`Self::terminate`]. Its address changes.
    pub async fn restart(&mut self) {
        (self.child, self.base_url) = launch(self.dir.path(), &self.options).await;
    }

    /// The same without an argument that it was given, and the value after it.
    pub async fn restart_without(&mut self, argument: &str) {
        let args = &mut self.options.args;
        let at = args.iter().position(|arg| arg == argument).expect("it was given");
        args.drain(at..at + 2);
        self.restart().await;
    }

    /// Destroys every capsule and fails when anything of any of them is left on the machine.
    pub async fn assert_clean(&self) {
        let ids = self.capsule_ids();
        for id in &ids {
            self.client().capsule(id).destroy().await.expect("destroy");
        }
        for id in &ids {
            let leaks = Leaks::of(id, self.dir.path());
            assert_eq!(leaks, Leaks::default(), "capsule {id} left something");
        }
    }

    /// Every capsule that has a directory.
    fn capsule_ids(&self) -> BTreeSet<String> {
        let Ok(entries) = std::fs::read_dir(self.dir.path().join("capsules")) else { return BTreeSet::new() };
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        // The command line client does it, since it also works in a test that panics.
        let mut destroy = self.cli();
        destroy
            .args(["capsule", "destroy"])
            .args(self.capsule_ids())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let _ = destroy.status();
        // A server that is killed leaves the machines that wait for their capsules.
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        }
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines.len().saturating_sub(LINES_OF_LOG);
            eprintln!("--- the server's last lines ---\n{}", lines[last..].join("\n"));
        }
    }
}

/// A plain HTTP client for what the SDK would not send.
pub fn http_client() -> reqwest::Client {
    // An error says that it is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().build().expect("an HTTP client")
}

/// Sends a signal by name.
fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args(["-s", name, &pid.to_string()]).status().expect("kill");
    assert!(status.success(), "no process {pid}");
}

fn log_path(dir: &Path) -> PathBuf {
    dir.join("serve.log")
}

fn bootstrap(dir: &Path) -> String {
    let text = std::fs::read(dir.join("bootstrap.json")).expect("bootstrap.json");
    let value: serde_json::Value = serde_json::from_slice(&text).expect("bootstrap.json is JSON");
    value["api_key"].as_str().expect("api_key").to_owned()
}

/// Starts the server on a port that was free a moment ago, and waits for its health route.
async fn launch(dir: &Path, options: &Options) -> (Child, String) {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let base_url = format!("http://127.0.0.1:{port}");
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log_path(dir)).expect("a log file");
    let mut command = Command::new(wrenn_binary());
    if let Some(runtime) = std::env::var_os(RUNTIME_VARIABLE).filter(|runtime| !runtime.is_empty()) {
        command.env("WRENN_RUNTIME", runtime);
    }
    let mut child = command
        .arg("serve")
        .arg("--data-dir")
        .arg(dir)
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .args(&options.args)
        // What a capsule of a test sends stays on this machine: see `netlab`.
        .env("WRENN_NETWORK", "none")
        .envs(options.envs.iter().cloned())
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a log file"))
        .stderr(log)
        .spawn()
        .expect("wrenn serve");
    let started = Instant::now();
    loop {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return (child, base_url);
        }
        let ended = child.try_wait().expect("the server can be waited for");
        let log = || std::fs::read_to_string(log_path(dir)).unwrap_or_default();
        assert!(ended.is_none(), "the server ended: {ended:?}\n{}", log());
        assert!(started.elapsed() < Duration::from_secs(60), "the server does not answer:\n{}", log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
