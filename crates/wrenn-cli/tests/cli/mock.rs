//! A server that answers as a test says, and the command that talks to it.

use std::{
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The binary of this build.
pub(crate) fn wrenn() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wrenn"));
    for name in ["WRENN_API_KEY", "WRENN_BASE_URL", "WRENN_DATA_DIR"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a command printed and ended with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a command to its end.
pub(crate) fn outcome(command: &mut Command) -> Outcome {
    let output = command.output().expect("wrenn runs");
    Outcome {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A server on a free port, on a thread of its own so that tests may block.
pub(crate) struct Mock {
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<String>>>,
    _runtime: tokio::runtime::Runtime,
}

impl Mock {
    pub(crate) fn start(router: Router) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let calls = Arc::new(Mutex::new(Vec::new()));
        let router = router.layer(middleware::from_fn_with_state(calls.clone(), remember));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { url, calls, _runtime: runtime }
    }

    /// The command, pointed at this server.
    pub(crate) fn wrenn(&self, args: &[&str]) -> Command {
        let mut command = wrenn();
        command.env("WRENN_API_KEY", "wrn_test").env("WRENN_BASE_URL", &self.url).args(args);
        command
    }

    /// Methods and paths so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn remember(State(calls): State<Arc<Mutex<Vec<String>>>>, request: Request, next: Next) -> Response {
    let call = format!("{} {}", request.method(), request.uri());
    calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    next.run(request).await
}

/// Waits for a condition, up to a minute.
pub(crate) fn eventually(mut holds: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it did not come about within a minute");
}

/// A capsule as the API shows it.
pub(crate) fn capsule(id: &str) -> Value {
    json!({
        "id": id, "status": "running", "template": "minimal", "vcpus": 1, "memory_mb": 512, "timeout_sec": 0,
        "guest_ip": "10.0.0.2", "host_ip": "10.0.0.1", "runtime": "container", "host_id": null,
        "metadata": { "owner": "ci" }, "created_at": "2026-01-31T00:00:00Z", "started_at": "2026-01-31T00:00:01Z",
        "last_active_at": null, "last_updated": "2026-01-31T00:00:01Z",
    })
}

/// The body of a refusal.
pub(crate) fn refusal(code: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message } })
}
