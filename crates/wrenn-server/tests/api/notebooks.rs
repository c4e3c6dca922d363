//! Cells over HTTP and WebSockets. What kernels do is in the end-to-end tests; here cells are run by `python3`.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Server, Socket};

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_answers_what_came_of_it() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let path = format!("/v1/capsules/{id}/notebooks/default");
    let cell = |code: &str| json!({ "code": code, "timeout_sec": 60 }).to_string();
    let reply = server.call(Method::POST, &format!("{path}/exec"), &cell("print('hi')")).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut said = reply.json();
    assert!(said["duration_ms"].take().is_u64());
    assert_eq!(
        said,
        json!({ "stdout": "hi\n", "stderr": "", "exit_code": 0, "results": [], "timed_out": false, "duration_ms": null })
    );
    let failed = server.call(Method::POST, &format!("{path}/exec"), &cell("1/0")).await.json();
    assert_eq!((&failed["exit_code"], &failed["error"]["name"]), (&json!(1), &json!("ZeroDivisionError")));
    for (method, verb) in [(Method::POST, "/interrupt"), (Method::POST, "/restart"), (Method::DELETE, "")] {
        let reply = server.call(method, &format!("{path}{verb}"), "").await;
        reply.assert_error("not_found");
    }
    let list = server.call(Method::GET, &format!("/v1/capsules/{id}/notebooks"), "").await;
    assert_eq!((list.status, list.json()), (200, json!({ "notebooks": [] })));
    let long = "x".repeat(65);
    for name in ["-x", "a%20b", "%2e%2e", long.as_str()] {
        let exec = format!("/v1/capsules/{id}/notebooks/{name}/exec");
        server.call(Method::POST, &exec, &cell("1")).await.assert_error("invalid_request");
    }
    let large = "#".repeat((1 << 20) + 1);
    server.call(Method::POST, &format!("{path}/exec"), &cell(&large)).await.assert_error("too_large");
    let fits = "#".repeat(1 << 20);
    let reply = server.call(Method::POST, &format!("{path}/exec"), &cell(&fits)).await;
    assert_eq!((reply.status, &reply.json()["exit_code"]), (200, &json!(0)), "{}", reply.text());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cells_of_one_connection_run_one_after_the_other() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/notebooks/other/stream")).await;
    for code in ["print(1)", "1/0", "print(3)"] {
        socket.say(json!({ "type": "exec", "code": code, "timeout_sec": 60 })).await;
    }
    let mut ends = Vec::new();
    let mut printed = String::new();
    while ends.len() < 3 {
        let message: Value = socket.message().await;
        match message["type"].as_str() {
            Some("stdout") => printed += message["data"].as_str().unwrap(),
            Some("end") => ends.push(message["exit_code"].clone()),
            Some("start" | "stderr" | "exception") => {}
            _ => panic!("{message}"),
        }
    }
    assert_eq!((printed.as_str(), ends), ("1\n3\n", vec![json!(0), json!(1), json!(0)]));

    socket.say(json!({ "type": "nonsense" })).await;
    assert_eq!(socket.message().await["type"], "error");
    socket.say(json!({ "type": "exec", "code": "import time; time.sleep(1000)", "timeout_sec": 0 })).await;
    assert_eq!(socket.message().await["type"], "start");
    socket.say(json!({ "type": "interrupt" })).await;
    assert_eq!(socket.message().await["name"], "Interrupted");
    assert_eq!(socket.message().await["exit_code"], 1);
    server.stop().await;
}
