//! How the server ends.

use std::time::Duration;

use http::Method;
use serde_json::json;
use wrenn_server::Config;

use crate::harness::{Server, Socket};

#[tokio::test(flavor = "multi_thread")]
async fn requests_finish_and_streams_are_told() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/exec/stream")).await;
    socket.say(json!({"type": "start", "cmd": "sleep", "args": ["1000"]})).await;
    assert_eq!(socket.message().await["type"], "start");
    let begun = server.files().join("begun");
    let script = format!("touch {}; sleep 0.5; echo done", begun.display());
    let body = json!({"cmd": "sh", "args": ["-c", script]}).to_string();
    let (client, exec) = (server.client(), format!("/v1/capsules/{id}/exec"));
    let running = tokio::spawn(async move { client.call(Method::POST, &exec, &body).await });
    while !begun.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.ask_to_stop();
    let (messages, closed) = socket.rest().await;
    assert!(messages.is_empty(), "{messages:?}");
    let closed = closed.expect("a close frame");
    assert_eq!(
        (closed.code, closed.reason.as_str()),
        (1001.into(), "The server is stopping. Connect again in a moment.")
    );
    assert_eq!(running.await.expect("no panic").json()["stdout"], "done\n");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_end_in_time_is_cut_off() {
    let server =
        Server::with(Config { shutdown_limit: Duration::from_millis(100), ..Config::default() }).await;
    let id = server.capsule().await;
    let begun = server.files().join("begun");
    let script = format!("touch {}; sleep 1000", begun.display());
    let body = json!({"cmd": "sh", "args": ["-c", script], "timeout_sec": 0}).to_string();
    let (client, exec) = (server.client(), format!("/v1/capsules/{id}/exec"));
    let running = tokio::spawn(async move { client.try_call(Method::POST, &exec, &body).await });
    while !begun.exists() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.ask_to_stop();
    assert!(running.await.expect("no panic").is_none(), "an answer came");
    server.stop().await;
}
