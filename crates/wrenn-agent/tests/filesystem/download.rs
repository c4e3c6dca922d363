//! `GET /files`.

use std::fs;
use std::io::Read as _;

use bytes::Bytes;
use http::Request;

use crate::fixture::{TestAgent, assert_refused};

#[tokio::test]
async fn a_file_comes_as_it_is() {
    let agent = TestAgent::start().await;
    let content: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    fs::write(agent.at("a b"), &content).unwrap();
    let response = agent.get(&agent.files("a b")).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-length"], "3000000");
    assert_eq!(response.headers()["accept-ranges"], "bytes");
    assert!(response.body() == &content);
}

#[tokio::test]
async fn an_empty_file_says_so_and_a_kernels_file_is_read_to_its_end() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("empty"), "").unwrap();
    let empty = agent.get(&agent.files("empty")).await;
    assert_eq!((empty.status().as_u16(), &empty.headers()["content-length"]), (200, &"0".parse().unwrap()));
    let kernel = agent.get("/files?path=/proc/self/status").await;
    assert_eq!(kernel.status(), 200);
    assert!(kernel.body().starts_with(b"Name:"));
}

#[tokio::test]
async fn parts_of_a_file() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("digits"), "0123456789").unwrap();
    for (range, status, body, content_range) in [
        ("bytes=2-4", 206, "234", Some("bytes 2-4/10")),
        ("bytes=7-", 206, "789", Some("bytes 7-9/10")),
        ("bytes=-2", 206, "89", Some("bytes 8-9/10")),
        ("bytes=0-1,3-4", 200, "0123456789", None),
    ] {
        let request = Request::get(agent.files("digits")).header("range", range).body(Bytes::new()).unwrap();
        let response = agent.send(request).await;
        assert_eq!((response.status().as_u16(), &response.body()[..]), (status, body.as_bytes()), "{range}");
        let found = response.headers().get("content-range").map(|value| value.to_str().unwrap());
        assert_eq!(found, content_range, "{range}");
    }
    let request =
        Request::get(agent.files("digits")).header("range", "bytes=10-").body(Bytes::new()).unwrap();
    let response = agent.send(request).await;
    assert_refused(&response, 416);
    assert_eq!(response.headers()["content-range"], "bytes */10");
}

#[tokio::test]
async fn gzip_when_asked_for() {
    let agent = TestAgent::start().await;
    let content = "again and ".repeat(100_000);
    fs::write(agent.at("text"), &content).unwrap();
    let request =
        Request::get(agent.files("text")).header("accept-encoding", "gzip").body(Bytes::new()).unwrap();
    let response = agent.send(request).await;
    assert_eq!(response.headers()["content-encoding"], "gzip");
    assert!(response.body().len() < content.len() / 10);
    let packed = tempfile::NamedTempFile::new().unwrap();
    fs::write(packed.path(), response.body()).unwrap();
    let mut text = String::new();
    let mut gunzip = std::process::Command::new("gzip");
    let mut child = gunzip
        .arg("-dc")
        .stdin(packed.reopen().unwrap())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success() && text == content);

    let refused =
        Request::get(agent.files("text")).header("accept-encoding", "br, *;q=0").body(Bytes::new()).unwrap();
    assert_refused(&agent.send(refused).await, 406);
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let agent = TestAgent::start().await;
    assert_refused(&agent.get(&agent.files("missing")).await, 404);
    assert_refused(&agent.get("/files?path=/etc/passwd/below").await, 404);
    assert_refused(&agent.get(&agent.files("")).await, 400);
    assert_refused(&agent.get("/files").await, 400);
    assert_refused(&agent.get("/files?path=/dev/zero").await, 400);
    assert_refused(&agent.get("/files?path=a%00b").await, 400);
    assert_refused(&agent.get(&format!("/files?path={}", "x/".repeat(3000))).await, 400);
    assert_refused(&agent.get(&format!("/files?path={}", "x".repeat(300))).await, 400);
    assert_refused(&agent.get(&format!("{}&username=nobody-here", agent.files("x"))).await, 401);
    let pipe = agent.at("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_refused(&agent.get(&agent.files("pipe")).await, 400);
}

#[tokio::test]
async fn links_are_followed_for_their_content() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("real"), "content").unwrap();
    std::os::unix::fs::symlink("real", agent.at("link")).unwrap();
    assert_eq!(&agent.get(&agent.files("link")).await.body()[..], b"content");
}
