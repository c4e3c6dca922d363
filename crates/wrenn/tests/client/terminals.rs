use axum::{
    Router,
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    routing::get,
};
use serde_json::{Value, json};
use std::future::Future;
use wrenn::{Error, PtyEvent};

use crate::mock::Mock;

async fn terminal<F, Fut>(behave: F) -> Mock
where
    F: FnOnce(WebSocket) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let open = async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(behave);
    Mock::start(Router::new().route("/v1/capsules/{id}/pty", get(open))).await
}

async fn say(socket: &mut WebSocket, message: Value) {
    socket.send(Message::text(message.to_string())).await.expect("sent");
}

/// The next message that is not the empty one that asks for binary frames.
async fn hear(socket: &mut WebSocket) -> Value {
    loop {
        match socket.recv().await.expect("a message").expect("a message") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Binary(bytes) if !bytes.is_empty() => return json!(String::from_utf8_lossy(&bytes)),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_session_begins_when_the_server_says_so_and_ends_with_its_program() {
    let mock = terminal(|mut socket| async move {
        let start = json!({ "type": "start", "cmd": "/bin/sh", "cols": 100, "rows": 30, "tag": "work" });
        assert_eq!(hear(&mut socket).await, start);
        say(&mut socket, json!({ "type": "ping" })).await;
        say(&mut socket, json!({ "type": "started", "tag": "work", "pid": 9 })).await;
        assert_eq!(hear(&mut socket).await, json!({ "type": "pong" }));
        assert_eq!(hear(&mut socket).await, json!("ls\n"));
        assert_eq!(hear(&mut socket).await, json!({ "type": "resize", "cols": 80, "rows": 24 }));
        socket.send(Message::binary(&b"\x1b[1m"[..])).await.expect("sent");
        say(&mut socket, json!({ "type": "output", "data": "/w==" })).await;
        say(&mut socket, json!({ "type": "error", "data": "No.", "fatal": false })).await;
        say(&mut socket, json!({ "type": "exit", "exit_code": 130 })).await;
    })
    .await;
    let capsule = mock.client().capsule("cl-1");
    let mut session =
        capsule.pty().start().cmd("/bin/sh").size(100, 30).tag("work").await.expect("a session");
    assert_eq!((session.tag(), session.pid()), ("work", 9));
    session.input("ls\n").await.expect("sent");
    session.resize(80, 24).await.expect("sent");
    let mut events = Vec::new();
    while let Some(event) = session.next().await {
        events.push(event.expect("an event"));
    }
    let expected = [
        PtyEvent::Data("\x1b[1m".into()),
        PtyEvent::Data(vec![0xff].into()),
        PtyEvent::Warning { message: "No.".into() },
        PtyEvent::Exited { exit_code: 130 },
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_ping_in_the_middle_is_answered_and_not_shown() {
    let mock = terminal(|mut socket| async move {
        hear(&mut socket).await;
        say(&mut socket, json!({ "type": "started", "tag": "t", "pid": 1 })).await;
        say(&mut socket, json!({ "type": "ping" })).await;
        assert_eq!(hear(&mut socket).await, json!({ "type": "pong" }));
        say(&mut socket, json!({ "type": "exit", "exit_code": 0 })).await;
    })
    .await;
    let mut session = mock.client().capsule("cl-1").pty().start().await.expect("a session");
    assert_eq!(session.next().await.expect("an event").expect("an event"), PtyEvent::Exited { exit_code: 0 });
    assert!(session.next().await.is_none());
}

#[tokio::test]
async fn joining_one_that_is_not_there_is_an_error() {
    let mock = terminal(|mut socket| async move {
        assert_eq!(hear(&mut socket).await, json!({ "type": "connect", "tag": "gone" }));
        say(&mut socket, json!({ "type": "error", "data": "There is none.", "fatal": true })).await;
    })
    .await;
    let error = mock.client().capsule("cl-1").pty().connect("gone").await.expect_err("refused");
    assert_eq!(error.to_string(), "join terminal \"gone\" of capsule cl-1: There is none.");
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_error_and_a_close_is_none() {
    let mock = terminal(|mut socket| async move {
        hear(&mut socket).await;
        say(&mut socket, json!({ "type": "started", "tag": "t", "pid": 1 })).await;
    })
    .await;
    let capsule = mock.client().capsule("cl-1");
    let mut session = capsule.pty().start().await.expect("a session");
    assert!(matches!(session.next().await, Some(Err(Error::Disconnected { .. }))));
    assert!(session.next().await.is_none());
    capsule.pty().start().await.expect("a session").close().await.expect("closed");
}
