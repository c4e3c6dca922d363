use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Json, Router,
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    http::StatusCode,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::mock::{Mock, capsule, eventually, outcome, refusal};

/// A server that creates `box-1` and whose commands behave like this.
fn server<F, Fut>(behave: F) -> Mock
where
    F: Fn(WebSocket) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let attach = behave.clone();
    let stream = async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(behave);
    let attach = async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(attach);
    let info = || async { Json(capsule("box-1")) };
    let router = Router::new()
        .route("/v1/capsules", post(|| async { (StatusCode::CREATED, Json(capsule("box-1"))) }))
        .route("/v1/capsules/{id}", get(info).delete(|| async { StatusCode::NO_CONTENT }))
        .route("/v1/capsules/{id}/exec/stream", get(stream))
        .route("/v1/capsules/{id}/processes/{selector}/stream", get(attach));
    Mock::start(router)
}

async fn say(socket: &mut WebSocket, message: Value) {
    // A client that has left hears nothing.
    let _ = socket.send(Message::text(message.to_string())).await;
}

async fn hear(socket: &mut WebSocket) -> Option<Value> {
    loop {
        match socket.recv().await?.ok()? {
            Message::Text(text) => return serde_json::from_str(&text).ok(),
            Message::Binary(bytes) => return Some(json!({ "bytes": bytes.to_vec() })),
            _ => {}
        }
    }
}

/// Gives every byte of its input back and exits with 7 at its end.
async fn echo(mut socket: WebSocket) {
    hear(&mut socket).await;
    say(&mut socket, json!({ "type": "start", "pid": 1 })).await;
    loop {
        match hear(&mut socket).await {
            Some(message) if message["type"] == "close_stdin" => break,
            Some(message) => {
                let bytes: Vec<u8> = serde_json::from_value(message["bytes"].clone()).expect("bytes");
                let _ = socket.send(Message::binary([vec![1], bytes].concat())).await;
            }
            None => return,
        }
    }
    say(&mut socket, json!({ "type": "stderr", "data": "done\n" })).await;
    say(&mut socket, json!({ "type": "exit", "exit_code": 7 })).await;
}

/// Runs until it is told to stop.
async fn patient(mut socket: WebSocket) {
    say(&mut socket, json!({ "type": "start", "pid": 1 })).await;
    say(&mut socket, json!({ "type": "stdout", "data": "ready\n" })).await;
    while let Some(message) = hear(&mut socket).await {
        if message["type"] == "stop" {
            say(&mut socket, json!({ "type": "exit", "exit_code": 143 })).await;
        }
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().expect("kill");
    assert!(status.success());
}

/// Starts the command and waits until it has printed `ready`.
fn ready(mut command: Command) -> Child {
    let mut child = command.spawn().expect("wrenn runs");
    let stdout = child.stdout.as_mut().expect("a pipe");
    let mut beginning = [0; 6];
    stdout.read_exact(&mut beginning).expect("output");
    assert_eq!(&beginning, b"ready\n");
    child
}

const DESTROY: &str = "DELETE /v1/capsules/box-1";

#[test]
fn bytes_pass_through_and_the_exit_code_is_the_commands() {
    let mock = server(echo);
    let mut child =
        mock.wrenn(&["run", "minimal", "--", "cat"]).stdin(Stdio::piped()).spawn().expect("wrenn runs");
    let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    child.stdin.take().expect("a pipe").write_all(&bytes).expect("written");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stdout == bytes);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "done\n");
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(mock.calls().last().map(String::as_str), Some(DESTROY));
}

#[test]
fn a_capsule_is_kept_only_when_asked() {
    let mock = server(echo);
    let outcome = outcome(&mut mock.wrenn(&["run", "--keep", "minimal", "--", "cat"]));
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(7), "capsule box-1\ndone\n"));
    assert!(!mock.calls().contains(&DESTROY.to_owned()));
}

#[test]
fn a_command_that_cannot_run_ends_with_127_and_its_capsule_with_it() {
    let mock = server(|mut socket| async move {
        say(&mut socket, json!({ "type": "error", "data": "There is no program \"nosuch\"." })).await;
    });
    let outcome = outcome(&mut mock.wrenn(&["run", "minimal", "nosuch"]));
    assert_eq!(outcome.code, Some(127));
    assert_eq!(
        outcome.stderr,
        "error: stream \"nosuch\" in capsule box-1: There is no program \"nosuch\".\n"
    );
    assert_eq!(mock.calls().last().map(String::as_str), Some(DESTROY));
}

#[test]
fn a_signal_stops_the_command_and_destroys_the_capsule() {
    for (name, args) in
        [("TERM", &["run", "minimal", "--", "x"][..]), ("INT", &["run", "-n", "minimal", "x"])]
    {
        let mock = server(patient);
        let child = ready(mock.wrenn(args));
        signal(&child, name);
        let output = child.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(143), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(mock.calls().last().map(String::as_str), Some(DESTROY));
    }
}

#[test]
fn attaching_leaves_at_a_signal_and_says_how_to_come_back() {
    let mock = server(patient);
    let child = ready(mock.wrenn(&["attach", "box-1", "web"]));
    signal(&child, "INT");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    let expected = "left the process, which goes on; `wrenn attach box-1 web` follows it again\n";
    assert_eq!(String::from_utf8_lossy(&output.stderr), expected);
}

#[test]
fn a_time_limit_ends_with_124() {
    let mock = server(patient);
    let outcome = outcome(&mut mock.wrenn(&["exec", "--timeout", "1", "box-1", "--", "sleep", "99"]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(124), "ready\n"));
}

#[test]
fn a_connection_that_breaks_is_a_failure_that_says_so() {
    let mock = server(|mut socket| async move {
        hear(&mut socket).await;
        say(&mut socket, json!({ "type": "start", "pid": 1 })).await;
    });
    let outcome = outcome(&mut mock.wrenn(&["exec", "box-1", "x"]));
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("the connection closed before the end"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("hint: the command may still run"), "{}", outcome.stderr);
}

#[test]
fn a_reader_that_leaves_stops_the_command() {
    let stopped = Arc::new(AtomicBool::new(false));
    let told = stopped.clone();
    let mock = server(move |mut socket| {
        let told = told.clone();
        async move {
            hear(&mut socket).await;
            say(&mut socket, json!({ "type": "start", "pid": 1 })).await;
            let chatty = Message::binary([vec![1], vec![b'y'; 4096]].concat());
            loop {
                tokio::select! {
                    message = hear(&mut socket) => match message {
                        Some(message) if message["type"] == "stop" => return told.store(true, Ordering::SeqCst),
                        Some(_) => {}
                        None => return,
                    },
                    () = tokio::task::yield_now() => if socket.send(chatty.clone()).await.is_err() {
                        return;
                    },
                }
            }
        }
    });
    let mut child = mock.wrenn(&["exec", "-n", "box-1", "yes"]).spawn().expect("wrenn runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(141), ""));
    eventually(|| stopped.load(Ordering::SeqCst));
}

#[test]
fn a_refused_creation_is_a_failure_with_a_hint() {
    let create =
        || async { (StatusCode::NOT_FOUND, Json(refusal("not_found", "There is no template none."))) };
    let mock = Mock::start(Router::new().route("/v1/capsules", post(create)));
    let outcome = outcome(&mut mock.wrenn(&["run", "none", "--", "true"]));
    assert_eq!(outcome.code, Some(1));
    insta::assert_snapshot!(outcome.stderr, @r#"
    error: create a capsule from template "none": There is no template none. (404 not_found)
    hint: `wrenn snapshot list` shows the templates that there are
    "#);
}
