//! A server that answers as a test says and remembers what it was asked.

use std::{
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
use tokio::{net::TcpListener, task::JoinHandle};
use wrenn::Client;

/// A request as the server saw it, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    pub(crate) api_key: Option<String>,
    pub(crate) content_length: Option<String>,
}

/// A server on a free port of this machine; ends when dropped.
pub(crate) struct Mock {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Mock {
    pub(crate) async fn start(router: Router) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let router = router.layer(middleware::from_fn_with_state(seen.clone(), remember));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { url, seen, task }
    }

    pub(crate) fn client(&self) -> Client {
        Client::builder().api_key("wrn_test").base_url(&self.url).build().expect("a client")
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Methods and paths of the requests so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    /// Waits until so many requests were made.
    pub(crate) async fn wait_for_calls(&self, count: usize) {
        eventually(|| self.seen().len() >= count).await;
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn remember(State(seen): State<Arc<Mutex<Vec<Seen>>>>, request: Request, next: Next) -> Response {
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(look_at(&request));
    next.run(request).await
}

fn look_at(request: &Request) -> Seen {
    let header =
        |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Seen {
        method: request.method().to_string(),
        path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
        api_key: header("x-api-key"),
        content_length: header("content-length"),
    }
}

/// Waits for a condition, up to a minute.
pub(crate) async fn eventually(mut holds: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come about within a minute");
}

/// A capsule as the API shows it.
pub(crate) fn capsule(id: &str, status: &str) -> Value {
    json!({
        "id": id, "status": status, "template": "minimal", "vcpus": 1, "memory_mb": 512, "timeout_sec": 0,
        "guest_ip": "10.0.0.2", "host_ip": "10.0.0.1", "runtime": "container", "host_id": null, "metadata": {},
        "created_at": "2026-01-31T00:00:00Z", "started_at": null, "last_active_at": null,
        "last_updated": "2026-01-31T00:00:00Z",
    })
}

/// The body of a refusal.
pub(crate) fn refusal(code: &str, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message, "request_id": "req-1" } })
}
