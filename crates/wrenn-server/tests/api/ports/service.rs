//! A service for a capsule to have.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{
        OriginalUri, Request, State, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    response::{IntoResponse, Response},
    routing::{any, get},
};
use futures_util::{StreamExt as _, stream};
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

/// A web server on a port of its own, which ends with this.
pub(super) struct Service {
    pub(super) port: u16,
    /// Told when the client of `/endless` has gone.
    pub(super) gone: mpsc::UnboundedReceiver<()>,
    task: JoinHandle<()>,
}

impl Service {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (left, gone) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/echo", any(echo))
            .route("/count", any(count))
            .route("/events", get(events))
            .route(
                "/ever",
                get(async |state| ([("content-type", "text/event-stream")], endless(state).await)),
            )
            .route("/endless", get(endless))
            .route("/socket", get(socket))
            .route("/empty", get(|| async { http::StatusCode::NO_CONTENT }))
            .fallback(head)
            .with_state(left);
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("a server") });
        Self { port, gone, task }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What it got, as JSON.
async fn head(OriginalUri(uri): OriginalUri, request: Request) -> Response {
    let headers: serde_json::Map<String, Value> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), json!(String::from_utf8_lossy(value.as_bytes()))))
        .collect();
    let answer = json!({"method": request.method().as_str(), "path": uri.to_string(), "headers": headers});
    let mut response = axum::Json(answer).into_response();
    for cookie in ["a=1; Path=/; HttpOnly", "b=2; Domain=example.org", "wrenn_port=stolen; Path=/"] {
        response.headers_mut().append("set-cookie", cookie.parse().expect("a header"));
    }
    if let Some(named) = uri.query().and_then(|query| query.strip_prefix("hop=")) {
        response.headers_mut().insert("connection", named.parse().expect("a header"));
    }
    if let Some(place) = uri.query().and_then(|query| query.strip_prefix("to=")) {
        *response.status_mut() = http::StatusCode::FOUND;
        response.headers_mut().insert("location", place.parse().expect("a header"));
    }
    response
}

async fn echo(headers: HeaderMap, body: Body) -> Response {
    let kind = headers.get("content-type").cloned();
    let mut response = Response::new(body);
    response.headers_mut().extend(kind.map(|kind| (http::header::CONTENT_TYPE, kind)));
    response
}

/// How many bytes came.
async fn count(body: Body) -> String {
    let mut data = body.into_data_stream();
    let mut count = 0;
    while let Some(Ok(bytes)) = data.next().await {
        count += bytes.len();
    }
    count.to_string()
}

/// Three events; the later ones wait long enough that a buffer on the way would show.
async fn events() -> impl IntoResponse {
    let events = stream::iter(0..3).then(|number| async move {
        if number > 0 {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Ok::<_, std::io::Error>(Bytes::from(format!("data: {number}\n\n")))
    });
    ([("content-type", "text/event-stream")], Body::from_stream(events))
}

/// Says something now and then until nobody listens.
async fn endless(State(left): State<mpsc::UnboundedSender<()>>) -> Body {
    struct Farewell(mpsc::UnboundedSender<()>);
    impl Drop for Farewell {
        fn drop(&mut self) {
            // The test may be over.
            let _ = self.0.send(());
        }
    }
    let farewell = Farewell(left);
    Body::from_stream(stream::unfold(farewell, async |farewell| {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b"tick\n")), farewell))
    }))
}

async fn socket(upgrade: WebSocketUpgrade) -> Response {
    upgrade.protocols(["echo"]).on_upgrade(async |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            match message {
                Message::Text(_) | Message::Binary(_) => socket.send(message).await.expect("it is open"),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) => {}
            }
        }
    })
}
