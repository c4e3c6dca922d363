//! Commands whose output is followed.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use wrenn_server::Config;

use crate::harness::{Server, Socket};

fn sh(script: &str) -> Value {
    json!({"type": "start", "cmd": "sh", "args": ["-c", script]})
}

/// The output of one kind in some messages.
fn output(messages: &[Value], kind: &str) -> String {
    messages.iter().filter(|m| m["type"] == kind).map(|m| m["data"].as_str().expect("text")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_followed_to_its_end() {
    let server = Server::start().await;
    let id = server.capsule().await;
    for prefix in ["", "/api"] {
        let mut socket = Socket::open(&server, &format!("{prefix}/v1/capsules/{id}/exec/stream")).await;
        socket.say(json!({"type": "ping"})).await;
        // The bytes of one character come apart.
        socket.say(sh(r"printf '\303'; sleep 0.1; printf '\251!'; printf oops >&2; exit 7")).await;
        let (messages, closed) = socket.rest().await;
        assert!(messages[0]["type"] == "start" && messages[0]["pid"].as_u64() > Some(0), "{messages:?}");
        assert_eq!(
            (output(&messages, "stdout").as_str(), output(&messages, "stderr").as_str()),
            ("é!", "oops")
        );
        assert_eq!(messages.last(), Some(&json!({"type": "exit", "exit_code": 7})));
        assert_eq!(closed.expect("a close frame").code, 1000.into());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn input_reaches_the_command() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/exec/stream")).await;
    socket.say(json!({"type": "start", "cmd": "cat"})).await;
    socket.say(json!({"type": "stdin", "data": "text, "})).await;
    socket.frame(Message::binary("bytes")).await;
    socket.say(json!({"type": "close_stdin"})).await;
    let (messages, _) = socket.rest().await;
    assert_eq!(output(&messages, "stdout"), "text, bytes");
    assert_eq!(messages.last(), Some(&json!({"type": "exit", "exit_code": 0})));
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/exec/stream")).await;
    socket.say(json!({"type": "start", "cmd": "cat", "stdin": false})).await;
    assert_eq!(socket.rest().await.0.last(), Some(&json!({"type": "exit", "exit_code": 0})));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_ends_a_command_and_leaving_does_not() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let stream = format!("/v1/capsules/{id}/exec/stream");
    let mut stopped = Socket::open(&server, &stream).await;
    stopped.say(json!({"type": "start", "cmd": "sleep", "args": ["1000"]})).await;
    assert_eq!(stopped.message().await["type"], "start");
    stopped.say(json!({"type": "stop"})).await;
    assert_eq!(stopped.rest().await.0, [json!({"type": "exit", "exit_code": 143})]);

    let mut left = Socket::open(&server, &stream).await;
    left.say(json!({"type": "start", "cmd": "sleep", "args": ["1000"]})).await;
    let pid = left.message().await["pid"].clone();
    left.vanish();
    // A viewer that comes and goes harms it no more than its starter did.
    let mut viewer = Socket::open(&server, &format!("/v1/capsules/{id}/processes/{pid}/stream")).await;
    assert_eq!(viewer.message().await, json!({"type": "start", "pid": pid}));
    viewer.say(json!({"type": "stop"})).await;
    assert_eq!(viewer.rest().await.0, [] as [Value; 0]);
    let list = server.call(Method::GET, &format!("/v1/capsules/{id}/processes"), "").await.json();
    assert_eq!(list["processes"][0]["pid"], pid, "{list}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn viewers_see_what_was_printed_before_and_what_comes() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let go = server.files().join("go");
    let script = format!("echo before; until [ -e {} ]; do sleep 0.01; done; echo after", go.display());
    let body = json!({"cmd": "sh", "args": ["-c", script], "background": true, "tag": "slow"});
    let started = server.call(Method::POST, &format!("/v1/capsules/{id}/exec"), &body.to_string()).await;
    assert_eq!(started.status, 202, "{}", started.text());
    let view = format!("/v1/capsules/{id}/processes/slow/stream");
    let (mut one, mut two) = (Socket::open(&server, &view).await, Socket::open(&server, &view).await);
    for viewer in [&mut one, &mut two] {
        assert_eq!(viewer.message().await, json!({"type": "start", "pid": started.json()["pid"]}));
        assert_eq!(viewer.message().await, json!({"type": "stdout", "data": "before\n"}));
    }
    std::fs::write(go, "").expect("a file");
    for viewer in [&mut one, &mut two] {
        let expected =
            [json!({"type": "stdout", "data": "after\n"}), json!({"type": "exit", "exit_code": 0})];
        assert_eq!(viewer.rest().await.0, expected);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_slows_the_command_and_misses_nothing() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/exec/stream")).await;
    // More than all buffers on the way hold together.
    socket.say(sh("yes 0123456789abcde | head -c 67108864; echo end")).await;
    assert_eq!(socket.message().await["type"], "start");
    let mut length = 0;
    loop {
        let message = socket.message().await;
        match message["type"].as_str() {
            Some("stdout") => length += message["data"].as_str().expect("text").len(),
            _ => {
                assert_eq!(message, json!({"type": "exit", "exit_code": 0}));
                break;
            }
        }
    }
    assert_eq!(length, 67_108_864 + 4);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capsule_that_ends_ends_its_streams_with_a_reason() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/exec/stream")).await;
    socket.say(json!({"type": "start", "cmd": "sleep", "args": ["1000"]})).await;
    assert_eq!(socket.message().await["type"], "start");
    assert_eq!(server.call(Method::DELETE, &format!("/v1/capsules/{id}"), "").await.status, 204);
    let (messages, _) = socket.rest().await;
    let last = messages.last().expect("a message");
    // The process may be seen to be killed just before the capsule is seen to end.
    assert!(last["type"] == "error" || *last == json!({"type": "exit", "exit_code": 137}), "{last}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sends_no_headers_says_who_it_is_first() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let path = format!("/v1/capsules/{id}/exec/stream");
    let mut socket = Socket::with(&server, &path, None).await;
    socket.say(json!({"type": "auth", "token": server.key})).await;
    socket.say(json!({"type": "start", "cmd": "true"})).await;
    assert_eq!(socket.rest().await.0.last(), Some(&json!({"type": "exit", "exit_code": 0})));
    for first in
        [json!({"type": "auth", "token": "wrn_wrong"}), json!({"type": "start", "cmd": "true"}), json!(1)]
    {
        let mut socket = Socket::with(&server, &path, None).await;
        socket.say(first.clone()).await;
        let (messages, _) = socket.rest().await;
        assert_eq!(messages.len(), 1, "{first}: {messages:?}");
        assert_eq!(messages[0]["type"], "error", "{first}: {messages:?}");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_is_refused() {
    let server = Server::with(Config { auth_limit: Duration::from_millis(50), ..Config::default() }).await;
    let mut socket = Socket::with(&server, "/v1/capsules/cl-1/exec/stream", None).await;
    let (messages, _) = socket.rest().await;
    assert_eq!((messages.len(), &messages[0]["type"]), (1, &json!("error")), "{messages:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_of_nothing_say_so() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let stream = format!("/v1/capsules/{id}/exec/stream");
    for first in
        [json!({"type": "start"}), json!({"type": "stop"}), json!("x"), json!({"type": "start", "cmd": ""})]
    {
        let mut socket = Socket::open(&server, &stream).await;
        socket.say(first.clone()).await;
        let (messages, _) = socket.rest().await;
        assert_eq!((messages.len(), &messages[0]["type"]), (1, &json!("error")), "{first}: {messages:?}");
    }
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/processes/none/stream")).await;
    let (messages, _) = socket.rest().await;
    assert_eq!((messages.len(), &messages[0]["type"]), (1, &json!("error")), "{messages:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_it_gets_every_byte() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/exec/stream?binary=true")).await;
    socket.say(sh(r"printf '\377'; printf '\376' >&2")).await;
    let (mut outputs, mut last) = (Vec::new(), Value::Null);
    while last["type"] != "exit" {
        match socket.hear().await {
            Message::Binary(frame) => outputs.push(frame.to_vec()),
            Message::Text(text) => last = serde_json::from_str(&text).expect("JSON"),
            _ => {}
        }
    }
    outputs.sort();
    assert_eq!(outputs, [vec![1, 0xff], vec![2, 0xfe]]);
    server.stop().await;
}
