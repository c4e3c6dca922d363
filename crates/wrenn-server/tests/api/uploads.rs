//! Files on their way in.

use http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wrenn_server::Config;

use crate::harness::Server;

#[tokio::test(flavor = "multi_thread")]
async fn files_arrive_whole_by_every_way() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    let content = "line\r\n--XX\r\n--X".repeat(1000).replace("\r\n--XX", "\r\n--XY");
    for route in ["write", "stream/write"] {
        let target = root.join(route).join("form file");
        let write = format!("/v1/capsules/{id}/files/{route}");
        let path = target.to_str().expect("text");
        let reply = server.upload(&write, &[("path", path), ("other", "x"), ("file", &content)]).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        assert_eq!(std::fs::read_to_string(&target).expect("the file"), content);
        let reply =
            server.upload(&format!("{write}?path={}/by-query", root.display()), &[("file", "")]).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        assert_eq!(std::fs::read(root.join("by-query")).expect("the file"), b"");

        let headers = [("x-api-key", server.key.as_str()), ("content-type", "application/octet-stream")];
        let raw = format!("{write}?path={}/raw%20file", root.display());
        let reply = server.send(Method::POST, &raw, &headers, content.clone()).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        assert_eq!(std::fs::read_to_string(root.join("raw file")).expect("the file"), content);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_over_the_limit_is_refused_and_leaves_the_old_file() {
    let server = Server::with(Config { max_upload_bytes: 1000, ..Config::default() }).await;
    let id = server.capsule().await;
    let target = server.files().join("file");
    std::fs::write(&target, "old").expect("a file");
    let write = format!("/v1/capsules/{id}/files/write");
    let path = target.to_str().expect("text");
    let just_right = "x".repeat(1000);
    for large in [1001, 3 << 20] {
        let content = "x".repeat(large);
        let reply = server.upload(&write, &[("path", path), ("file", &content)]).await;
        assert_eq!(reply.status, 413, "{}", reply.text());
        reply.assert_error("too_large");
        let headers = [("x-api-key", server.key.as_str()), ("content-type", "application/octet-stream")];
        let reply = server.send(Method::POST, &format!("{write}?path={path}"), &headers, content).await;
        assert_eq!(reply.status, 413, "{}", reply.text());
        assert_eq!(std::fs::read_to_string(&target).expect("the file"), "old");
    }
    assert_eq!(server.upload(&write, &[("path", path), ("file", &just_right)]).await.status, 204);
    assert_eq!(std::fs::read_to_string(&target).expect("the file"), just_right);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_is_cut_off_leaves_the_old_file() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    let target = root.join("file");
    std::fs::write(&target, "old").expect("a file");
    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("a connection");
    let head = format!(
        "POST /v1/capsules/{id}/files/write?path={} HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\n\
         content-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\npart",
        target.display(),
        server.key
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("closed");
    let mut answer = String::new();
    // The server may answer or just close; either way it is done with the request then.
    let _ = stream.read_to_string(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    let list = json!({"path": root});
    let list =
        server.call(Method::POST, &format!("/v1/capsules/{id}/files/list"), &list.to_string()).await.json();
    assert_eq!(std::fs::read_to_string(&target).expect("the file"), "old", "{list}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_file_can_be_is_refused() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    std::fs::write(root.join("file"), "").expect("a file");
    let write = format!("/v1/capsules/{id}/files/write");
    for target in [root.clone(), root.join("file/below")] {
        let path = target.to_str().expect("text");
        let reply = server.upload(&write, &[("path", path), ("file", "x")]).await;
        assert!([400, 409].contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
    }
    server.stop().await;
}
