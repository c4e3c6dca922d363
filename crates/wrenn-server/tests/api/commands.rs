//! Commands that run to their end, and processes in the background.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Reply, Server};

async fn exec(server: &Server, id: &str, body: Value) -> Reply {
    server.call(Method::POST, &format!("/v1/capsules/{id}/exec"), &body.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_to_its_end() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let script = "printf $GREETING; printf oops >&2; exit 3";
    let body = json!({"cmd": "sh", "args": ["-c", script], "envs": {"GREETING": "hé"}, "cwd": "/"});
    let mut result = exec(&server, &id, body).await.json();
    assert!(result["duration_ms"].take().is_u64());
    let expected = json!({
        "sandbox_id": id, "cmd": "sh", "stdout": "hé", "stderr": "oops", "exit_code": 3, "encoding": "utf-8",
        "duration_ms": null,
    });
    assert_eq!(result, expected);

    let bytes = exec(&server, &id, json!({"cmd": "printf", "args": ["\\377"]})).await.json();
    assert_eq!((&bytes["encoding"], &bytes["stdout"]), (&json!("base64"), &json!("/w==")));
    let missing = exec(&server, &id, json!({"cmd": "no-such-program"})).await;
    assert_eq!((missing.status, &missing.json()["exit_code"]), (200, &json!(127)));
    let slow = exec(&server, &id, json!({"cmd": "sleep", "args": ["1000"], "timeout_sec": 1})).await;
    assert_eq!((slow.status, &slow.json()["exit_code"]), (200, &json!(-1)));
    assert_eq!(slow.json()["timed_out"], json!(true));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn background_processes_are_listed_and_killed() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let body = json!({"cmd": "sleep", "args": ["1000"], "background": true, "tag": "nap"});
    let started = exec(&server, &id, body.clone()).await;
    assert_eq!((started.status, &started.json()["tag"]), (202, &json!("nap")));
    let again = exec(&server, &id, body).await;
    assert_eq!(again.status, 409, "{}", again.text());
    again.assert_error("conflict");
    let unnamed =
        exec(&server, &id, json!({"cmd": "sleep", "args": ["1000"], "background": true})).await.json();
    assert!(unnamed["tag"].as_str().expect("a tag").starts_with("proc-"));

    let processes = format!("/v1/capsules/{id}/processes");
    let list = server.call(Method::GET, &processes, "").await.json();
    assert_eq!(list["processes"].as_array().expect("a list").len(), 2, "{list}");
    let kill = |selector: String| format!("{processes}/{selector}?signal=SIGTERM");
    assert_eq!(server.call(Method::DELETE, &kill("nap".into()), "").await.status, 204);
    let pid = unnamed["pid"].to_string();
    assert_eq!(server.call(Method::DELETE, &format!("{processes}/{pid}"), "").await.status, 204);
    let gone = server.call(Method::DELETE, &kill("other".into()), "").await;
    assert_eq!(gone.status, 404);
    gone.assert_error("not_found");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_run_is_refused() {
    let server = Server::start().await;
    let id = server.capsule().await;
    for body in [
        json!({"cmd": ""}),
        json!({"cmd": "a\0b"}),
        json!({"cmd": "true", "args": ["a\0b"]}),
        json!({"cmd": "true", "cwd": "/no/such/directory"}),
        json!({"cmd": "true", "user": "nobody-at-all"}),
        json!({"cmd": "true", "background": true, "tag": ""}),
    ] {
        let reply = exec(&server, &id, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.text());
        reply.assert_error("invalid_request");
    }
    server.stop().await;
}
