//! Terminals.

use std::time::{Duration, Instant};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use wrenn_server::Config;

use crate::harness::{Server, Socket};

/// Reads output until it has the text.
async fn until(socket: &mut Socket, text: &str) {
    let mut seen = String::new();
    while !seen.contains(text) {
        let bytes = match socket.hear().await {
            Message::Binary(bytes) => bytes.to_vec(),
            message => {
                let message: serde_json::Value =
                    serde_json::from_str(message.to_text().expect("text")).expect("JSON");
                assert_eq!(message["type"], "output", "{message} while waiting for {text:?} in {seen:?}");
                BASE64_STANDARD.decode(message["data"].as_str().expect("data")).expect("base64")
            }
        };
        seen.push_str(&String::from_utf8_lossy(&bytes));
    }
}

fn typed(text: &str) -> serde_json::Value {
    json!({"type": "input", "data": BASE64_STANDARD.encode(text)})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_used_left_joined_and_ended() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let path = format!("/v1/capsules/{id}/pty");
    let mut socket = Socket::open(&server, &path).await;
    let start =
        json!({"type": "start", "cmd": "sh", "cols": 100, "rows": 30, "envs": {"PS1": "> "}, "tag": "mine"});
    socket.say(start.clone()).await;
    let started = socket.message().await;
    assert!(started["type"] == "started" && started["tag"] == "mine" && started["pid"].is_u64(), "{started}");
    socket.say(typed("stty size; echo $((40 + 2))\n")).await;
    until(&mut socket, "30 100\r\n42\r\n").await;
    socket.say(json!({"type": "resize", "cols": 120, "rows": 40})).await;
    socket.say(typed("stty size\n")).await;
    until(&mut socket, "40 120\r\n").await;
    socket.say(json!({"type": "pong"})).await;
    socket.frame(Message::binary("echo $((50 + 5))\n")).await;
    until(&mut socket, "55\r\n").await;
    socket.vanish();

    let mut taken = Socket::open(&server, &path).await;
    taken.say(start).await;
    let (messages, _) = taken.rest().await;
    assert_eq!(
        (&messages[0]["type"], &messages[0]["fatal"]),
        (&json!("error"), &json!(true)),
        "{messages:?}"
    );

    let mut joined = Socket::open(&server, &path).await;
    joined.say(json!({"type": "connect", "tag": "mine"})).await;
    assert_eq!(joined.message().await, started);
    until(&mut joined, "55\r\n").await;
    joined.say(typed("exit 5\n")).await;
    let (messages, closed) = joined.rest().await;
    assert_eq!(messages.last(), Some(&json!({"type": "exit", "exit_code": 5})));
    assert_eq!(closed.expect("a close frame").code, 1000.into());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_and_the_session_goes_on() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/pty")).await;
    socket.say(json!({"type": "start", "cmd": "cat"})).await;
    assert!(socket.message().await["tag"].as_str().expect("a tag").starts_with("pty-"));
    for mistake in [
        json!({"type": "input", "data": "%"}),
        json!({"type": "resize", "cols": 0, "rows": 1}),
        json!({"type": "start"}),
        json!({"type": "nonsense"}),
    ] {
        socket.say(mistake.clone()).await;
        let answer = socket.message().await;
        assert_eq!(
            (&answer["type"], &answer["fatal"]),
            (&json!("error"), &json!(false)),
            "{mistake}: {answer}"
        );
    }
    socket.say(json!({"type": "kill"})).await;
    let (messages, _) = socket.rest().await;
    assert_eq!(messages.last(), Some(&json!({"type": "exit", "exit_code": 137})));
    let mut nowhere = Socket::open(&server, &format!("/v1/capsules/{id}/pty")).await;
    nowhere.say(json!({"type": "connect", "tag": "none"})).await;
    let (messages, _) = nowhere.rest().await;
    assert_eq!((&messages[0]["type"], &messages[0]["fatal"]), (&json!("error"), &json!(true)));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_pinged_and_one_that_never_answers_is_let_go() {
    let (ping_interval, patience) = (Duration::from_millis(200), Duration::from_secs(5));
    let server = Server::with(Config { ping_interval, patience, ..Config::default() }).await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/pty")).await;
    socket.say(json!({"type": "start", "cmd": "cat"})).await;
    assert_eq!(socket.message().await["type"], "started");
    // As long as it reads, the client answers pings by itself: it stays for longer than the server's patience.
    let joined = Instant::now();
    while joined.elapsed() < patience + 5 * ping_interval {
        assert_eq!(socket.message().await, json!({"type": "ping"}));
    }
    socket.fall_silent().await;
    server.stop().await;
}
