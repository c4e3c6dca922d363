//! What strange, old and hostile clients send.

mod support;

use std::time::Duration;

use support::{TestAgent, run, script};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    task::JoinSet,
};

/// Sends bytes as they are, and reads what comes back until the agent closes or falls silent.
async fn raw(agent: &TestAgent, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(agent.socket()).await.expect("it listens");
    // The agent may close before it has read all.
    stream.write_all(bytes).await.ok();
    stream.shutdown().await.ok();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(support::PATIENCE, stream.read_to_end(&mut answer)).await;
    read.expect("the agent closes a connection that was half closed").ok();
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nHost: agent\r\nContent-Type: {kind}\r\nConnect-Protocol-Version: 1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(body);
    request
}

fn envelope(message: &[u8]) -> Vec<u8> {
    let mut frame = vec![0];
    frame.extend_from_slice(&u32::try_from(message.len()).expect("it is short").to_be_bytes());
    frame.extend_from_slice(message);
    frame
}

#[tokio::test]
async fn json_clients_are_answered_in_json() {
    let agent = TestAgent::start();
    let list = raw(&agent, &post("/process.Process/List", "application/json", b"{}")).await;
    assert!(list.starts_with("HTTP/1.1 200") && list.contains("\r\n{}\r\n"), "{list}");
    let start = br#"{"process":{"cmd":"/bin/echo","args":["hi"]}}"#;
    let events =
        raw(&agent, &post("/process.Process/Start", "application/connect+json", &envelope(start))).await;
    for part in [
        r#"{"event":{"start":{"pid":"#,
        r#"{"event":{"data":{"stdout":"aGkK"}}}"#,
        r#""exited":true,"status":"exit status 0""#,
    ] {
        assert!(events.contains(part), "{part} in {events}");
    }
    let missing = br#"{"process":{"pid":4000000},"signal":"SIGNAL_SIGTERM"}"#;
    let refused = raw(&agent, &post("/process.Process/SendSignal", "application/json", missing)).await;
    assert!(refused.starts_with("HTTP/1.1 404") && refused.contains(r#""code":"not_found""#), "{refused}");
}

#[tokio::test]
async fn malformed_requests_are_refused_and_do_no_harm() {
    let agent = TestAgent::start();
    let cases: &[(&str, Vec<u8>)] = &[
        ("a message that is none", post("/process.Process/List", "application/proto", &[0xff; 100])),
        ("JSON that is none", post("/process.Process/SendInput", "application/json", b"{\"process\":")),
        (
            "a wrong type",
            post("/process.Process/SendInput", "application/json", b"{\"process\":{\"pid\":\"x\"}}"),
        ),
        ("an unknown method", post("/process.Process/Fly", "application/json", b"{}")),
        ("an unknown service", post("/no.Such/Method", "application/json", b"{}")),
        ("an unknown type", post("/process.Process/List", "text/plain", b"{}")),
        ("a frame cut off", post("/process.Process/Start", "application/connect+proto", &[0, 0, 0, 1, 0, 1])),
        (
            "a frame too long",
            post("/process.Process/Start", "application/connect+proto", &[0, 0xff, 0xff, 0xff, 0xff]),
        ),
        ("no frame", post("/process.Process/Start", "application/connect+proto", b"")),
        (
            "two frames",
            post(
                "/process.Process/Start",
                "application/connect+proto",
                &[envelope(b""), envelope(b"")].concat(),
            ),
        ),
        ("an empty start", post("/process.Process/Start", "application/connect+proto", &envelope(b""))),
        ("no process", post("/process.Process/Connect", "application/connect+json", &envelope(b"{}"))),
        (
            "input to nobody",
            post("/process.Process/StreamInput", "application/connect+json", &envelope(b"{\"data\":{}}")),
        ),
        ("no HTTP at all", b"\x00\x01\x02\x03 hello\r\n\r\n".to_vec()),
        ("half a request", b"GET /health HTTP/1.1\r\nHost: ag".to_vec()),
        ("half a preface", b"PRI * HTTP/2.0\r\n\r\nSM".to_vec()),
        ("a preface and noise", [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &[0xff; 4096]].concat()),
        (
            "a giant header",
            [&b"GET /health HTTP/1.1\r\nHost: agent\r\nX: "[..], &vec![b'x'; 4 << 20]].concat(),
        ),
        (
            "a thousand headers",
            [&b"GET /health HTTP/1.1\r\nHost: agent\r\n"[..], &b"X: y\r\n".repeat(1000), b"\r\n"].concat(),
        ),
    ];
    for (what, request) in cases {
        let answer = raw(&agent, request).await;
        let is_success = answer.starts_with("HTTP/1.1 200") && !answer.contains("\"error\"");
        assert!(!is_success, "{what}: {answer}");
        assert!(!answer.starts_with("HTTP/1.1 500"), "{what}: {answer}");
    }
    assert_eq!(run(&agent.client, script("exit 4")).await.exit.code, 4);
    assert!(agent.children().is_empty());
    assert!(agent.resident_kib() < 32 << 10);
}

#[tokio::test]
async fn requests_in_slow_pieces_are_understood() {
    let agent = TestAgent::start();
    let mut stream = UnixStream::connect(agent.socket()).await.expect("it listens");
    for piece in post("/process.Process/List", "application/json", b"{}").chunks(7) {
        stream.write_all(piece).await.expect("it reads");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn silent_connections_cost_nobody_else() {
    let agent = TestAgent::start();
    let mut silent = Vec::new();
    for n in 0..500 {
        let mut stream = UnixStream::connect(agent.socket()).await.expect("it listens");
        if n % 2 == 0 {
            stream.write_all(b"GET /health HT").await.expect("it takes it");
        }
        silent.push(stream);
    }
    assert_eq!(run(&agent.client, script("exit 4")).await.exit.code, 4);
    let resident = agent.resident_kib();
    assert!(resident < 32 << 10, "{resident} KiB");
    let descriptors = agent.descriptors();
    drop(silent);
    support::eventually("they are closed", async || agent.descriptors() + 400 < descriptors).await;
}

#[tokio::test]
async fn thousands_of_calls_at_once_are_all_answered() {
    let agent = TestAgent::start();
    let mut all = JoinSet::new();
    for _ in 0..5000 {
        let client = agent.client.clone();
        all.spawn(async move { client.list().await });
    }
    let mut count = 0;
    while let Some(result) = all.join_next().await {
        result.expect("it ends").expect("it is answered");
        count += 1;
    }
    assert_eq!(count, 5000);
}

#[tokio::test]
async fn a_client_survives_its_agent() {
    let mut agent = TestAgent::start();
    let mut events = agent.client.start(script("sleep 1000")).await.expect("it starts");
    let pid = support::started(&mut events).await;
    agent.process().kill().expect("it runs");
    agent.process().wait().expect("it ends");
    let error = events.next().await.expect_err("the stream broke");
    assert!(matches!(error, wrenn_agent_proto::AgentError::ConnectionLost { .. }), "{error:?}");
    let error = agent.client.list().await.expect_err("nobody answers");
    assert!(matches!(error, wrenn_agent_proto::AgentError::Unreachable(_)), "{error:?}");
    // The agent could not take it along: it was not process 1.
    nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(i32::try_from(pid).expect("a pid")),
        nix::sys::signal::Signal::SIGKILL,
    )
    .ok();
}
