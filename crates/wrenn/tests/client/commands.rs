use axum::{
    Json, Router,
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    http::StatusCode,
    response::IntoResponse,
    routing::{delete, get, post},
};
use serde_json::{Value, json};
use std::{future::Future, time::Duration};
use wrenn::{CommandEvent, CommandStream, Error, Signal};

use crate::mock::{Mock, refusal};

/// A server whose command streams behave like this.
async fn streaming<F, Fut>(behave: F) -> Mock
where
    F: FnOnce(WebSocket) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let attach = behave.clone();
    let router = Router::new()
        .route(
            "/v1/capsules/{id}/exec/stream",
            get(async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(behave)),
        )
        .route(
            "/v1/capsules/{id}/processes/{selector}/stream",
            get(async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(attach)),
        );
    Mock::start(router).await
}

async fn say(socket: &mut WebSocket, message: Value) {
    socket.send(Message::text(message.to_string())).await.expect("sent");
}

async fn hear(socket: &mut WebSocket) -> Value {
    loop {
        match socket.recv().await.expect("a message").expect("a message") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Binary(bytes) => return json!({ "binary": String::from_utf8_lossy(&bytes) }),
            _ => {}
        }
    }
}

async fn all(mut stream: CommandStream) -> (Vec<CommandEvent>, Option<Error>) {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        match event {
            Ok(event) => events.push(event),
            Err(error) => {
                assert!(stream.next().await.is_none(), "nothing follows an error");
                return (events, Some(error));
            }
        }
    }
    (events, None)
}

#[tokio::test]
async fn a_commands_outcome_keeps_its_bytes() {
    let answer = |Json(body): Json<Value>| async move {
        assert_eq!(
            body,
            json!({ "cmd": "cat", "args": ["x"], "timeout_sec": 2, "cwd": "/", "envs": { "A": "b" } })
        );
        Json(json!({
            "sandbox_id": "cl-1", "cmd": "cat", "stdout": "/w==", "stderr": "", "exit_code": -1, "duration_ms": 5,
            "encoding": "base64", "timed_out": true,
        }))
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}/exec", post(answer))).await;
    let capsule = mock.client().capsule("cl-1");
    let timeout = Duration::from_millis(1_500);
    let output =
        capsule.commands().exec("cat").arg("x").cwd("/").env("A", "b").timeout(timeout).await.expect("run");
    assert_eq!((output.stdout_bytes(), output.exit_code, output.timed_out), (&[0xff][..], -1, true));
}

#[tokio::test]
async fn a_stream_has_every_event_in_order() {
    let mock = streaming(|mut socket| async move {
        assert_eq!(
            hear(&mut socket).await,
            json!({ "type": "start", "cmd": "sh", "args": ["-c", "x"], "stdin": true })
        );
        say(&mut socket, json!({ "type": "start", "pid": 7 })).await;
        say(&mut socket, json!({ "type": "stdout", "data": "ü" })).await;
        socket.send(Message::binary(vec![2, 0xff])).await.expect("sent");
        socket.send(Message::binary(vec![1])).await.expect("sent");
        say(&mut socket, json!({ "type": "exit", "exit_code": 3 })).await;
    })
    .await;
    let stream =
        mock.client().capsule("cl-1").commands().stream("sh").args(["-c", "x"]).await.expect("a stream");
    let (events, error) = all(stream).await;
    let expected = [
        CommandEvent::Started { pid: 7 },
        CommandEvent::Stdout("ü".into()),
        CommandEvent::Stderr(vec![0xff].into()),
        CommandEvent::Stdout(Vec::new().into()),
        CommandEvent::Exited { exit_code: 3 },
    ];
    assert_eq!(events, expected);
    assert!(error.is_none());
    assert_eq!(mock.calls(), ["GET /v1/capsules/cl-1/exec/stream?binary=true"]);
    assert_eq!(mock.seen()[0].api_key.as_deref(), Some("wrn_test"));
}

#[tokio::test]
async fn input_its_end_and_stop_are_sent_in_order() {
    let mock = streaming(|mut socket| async move {
        let mut heard = Vec::new();
        for _ in 0..5 {
            heard.push(hear(&mut socket).await);
        }
        say(&mut socket, json!({ "type": "stdout", "data": json!(heard[1..]).to_string() })).await;
        say(&mut socket, json!({ "type": "exit", "exit_code": 0 })).await;
    })
    .await;
    let stream = mock.client().capsule("cl-1").commands().stream("cat").await.expect("a stream");
    let input = stream.input();
    input.send("a").await.expect("sent");
    stream.ping().await.expect("sent");
    input.close().await.expect("sent");
    stream.stop().await.expect("sent");
    let (events, _) = all(stream).await;
    let heard = json!([{ "binary": "a" }, { "type": "ping" }, { "type": "close_stdin" }, { "type": "stop" }]);
    assert_eq!(events[0], CommandEvent::Stdout(heard.to_string().into()));
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_error_that_says_so() {
    let mock = streaming(|mut socket| async move {
        hear(&mut socket).await;
        say(&mut socket, json!({ "type": "start", "pid": 7 })).await;
        // Dropped without a word.
    })
    .await;
    let stream = mock.client().capsule("cl-1").commands().stream("sh").await.expect("a stream");
    let (events, error) = all(stream).await;
    assert_eq!(events, [CommandEvent::Started { pid: 7 }]);
    let error = error.expect("an error");
    assert!(matches!(error, Error::Disconnected { .. }), "{error:?}");
    assert!(
        error.to_string().starts_with("stream \"sh\" in capsule cl-1: the connection closed before the end")
    );
}

#[tokio::test]
async fn a_close_with_a_reason_passes_it_on() {
    let mock = streaming(|mut socket| async move {
        hear(&mut socket).await;
        let frame = axum::extract::ws::CloseFrame { code: 1001, reason: "the server stops".into() };
        socket.send(Message::Close(Some(frame))).await.expect("sent");
        while socket.recv().await.is_some() {}
    })
    .await;
    let stream = mock.client().capsule("cl-1").commands().stream("sh").await.expect("a stream");
    let Some(Error::Disconnected { reason, .. }) = all(stream).await.1 else { panic!("wrong kind") };
    assert_eq!(reason.as_deref(), Some("the server stops"));
}

#[tokio::test]
async fn a_failure_that_the_server_reports_is_the_last_item() {
    let mock = streaming(|mut socket| async move {
        say(&mut socket, json!({ "type": "error", "data": "The capsule has ended." })).await;
        while socket.recv().await.is_some() {}
    })
    .await;
    let stream = mock.client().capsule("cl-1").commands().attach("web").await.expect("a stream");
    let error = all(stream).await.1.expect("an error");
    assert_eq!(error.to_string(), "attach to process \"web\" of capsule cl-1: The capsule has ended.");
    assert_eq!(mock.calls(), ["GET /v1/capsules/cl-1/processes/web/stream?binary=true"]);
}

#[tokio::test]
async fn a_refused_stream_is_a_typed_error() {
    let answer = || async {
        (StatusCode::CONFLICT, [("x-request-id", "req-9")], Json(refusal("invalid_state", "It is paused.")))
            .into_response()
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}/exec/stream", get(answer))).await;
    let error = mock.client().capsule("cl-1").commands().stream("sh").await.expect_err("refused");
    assert!(matches!(error, Error::Conflict(_)), "{error:?}");
    assert_eq!((error.code(), error.request_id()), (Some("invalid_state"), Some("req-9")));
    assert_eq!(error.message(), "It is paused.");
}

#[tokio::test]
async fn processes_are_listed_and_ended_by_id_and_tag() {
    let list =
        || async { Json(json!({ "processes": [{ "pid": 5, "tag": "web", "cmd": "x", "args": [] }] })) };
    let router = Router::new()
        .route("/v1/capsules/{id}/processes", get(list))
        .route("/v1/capsules/{id}/processes/{selector}", delete(|| async { StatusCode::NO_CONTENT }));
    let mock = Mock::start(router).await;
    let capsule = mock.client().capsule("cl-1");
    assert_eq!(capsule.commands().list().await.expect("a list")[0].tag.as_deref(), Some("web"));
    capsule.commands().kill(5, Signal::Kill).await.expect("killed");
    capsule.commands().kill("a/b", Signal::Term).await.expect("killed");
    let expected = [
        "GET /v1/capsules/cl-1/processes",
        "DELETE /v1/capsules/cl-1/processes/5?signal=SIGKILL",
        "DELETE /v1/capsules/cl-1/processes/a%2Fb?signal=SIGTERM",
    ];
    assert_eq!(mock.calls(), expected);
}
