//! What is answered when nothing inside answers.

use std::time::{Duration, Instant};

use http::Method;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::harness::Server;

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_has_its_status_and_a_body() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let begun = Instant::now();
    let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/{free}/"), &[], "").await;
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(reply.status, 502, "{}", reply.text());
    reply.assert_error("agent_error");
    assert!(reply.text().contains(&format!("Nothing listens on port {free}")), "{}", reply.text());

    let reply = server.at(&format!("{free}-{id}.localhost")).send(Method::POST, "/", &[], "x").await;
    assert_eq!(reply.status, 502, "{}", reply.text());
    reply.assert_error("agent_error");

    for port in ["0", "65536", "x"] {
        let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/{port}/"), &[], "").await;
        assert_eq!(reply.status, 400, "{}", reply.text());
        reply.assert_error("invalid_request");
    }

    for id in ["a%20b", "%2e%2e", "%00", &"x".repeat(65)] {
        let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/80/"), &[], "").await;
        assert_eq!(reply.status, 400, "{}", reply.text());
        reply.assert_error("invalid_request");
    }

    let reply = server.send(Method::GET, "/v1/capsules/missing/ports/80/", &[], "").await;
    assert_eq!(reply.status, 404);
    reply.assert_error("not_found");

    server.call(Method::POST, &format!("/v1/capsules/{id}/pause"), "").await;
    let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/{free}/"), &[], "").await;
    assert_eq!(reply.status, 409, "{}", reply.text());
    reply.assert_error("invalid_state");
    server.stop().await;
}

/// A server that takes a connection, answers `answers` requests on it, and closes it before the next is answered.
async fn curt(answers: usize) -> (u16, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                for _ in 0..answers {
                    if stream.read(&mut buffer).await.unwrap_or(0) == 0 {
                        return;
                    }
                    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
                    stream.write_all(answer).await.ok();
                }
                let _end = stream.read(&mut buffer).await;
            });
        }
    });
    (port, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_connection_that_closes_costs_no_reader_an_answer() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let (port, task) = curt(1).await;
    for round in 0..20 {
        let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/{port}/"), &[], "").await;
        assert_eq!((reply.status, reply.text().as_str()), (200, "ok"), "{round}");
    }
    task.abort();
    let (port, task) = curt(0).await;
    let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/{port}/"), &[], "").await;
    assert_eq!(reply.status, 502, "{}", reply.text());
    reply.assert_error("agent_error");
    task.abort();
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_speaks_no_http_is_a_bad_gateway() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"SSH-2.0-OpenSSH\r\n").await.ok();
        let _end = stream.read(&mut [0; 4096]).await;
    });
    let reply = server.send(Method::GET, &format!("/v1/capsules/{id}/ports/{port}/"), &[], "").await;
    assert_eq!(reply.status, 502, "{}", reply.text());
    reply.assert_error("agent_error");
    task.await.unwrap();
    server.stop().await;
}
