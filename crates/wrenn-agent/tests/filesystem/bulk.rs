//! Whole files over bare connections.

use std::fs;
use std::io;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;
use wrenn_agent_proto::{AgentError, ErrorCode, Range};

use crate::fixture::{TestAgent, eventually, soon};

fn pieces(
    content: &[u8],
    size: usize,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::iter(content.chunks(size).map(Bytes::copy_from_slice).map(Ok).collect::<Vec<_>>())
}

#[tokio::test]
async fn files_go_up_and_down_whatever_the_size_of_the_pieces() {
    let agent = TestAgent::start().await;
    let content: Vec<u8> = (0..5_000_000_u32).map(|n| (n / 7 % 249) as u8).collect();
    for (size, length) in [(1000, 300_000), (65_536, 5_000_000), (3_000_000, 5_000_000), (1, 10), (1, 0)] {
        let (path, content) = (agent.at("dir/file"), &content[..length]);
        let written =
            agent.client.write_file(&path, Some(length as u64), pieces(content, size)).await.unwrap();
        assert_eq!((written.name.as_str(), &written.path), ("file", &path));
        assert!(fs::read(&path).unwrap() == content, "pieces of {size}");
        let mut body = agent.client.read_file(&path, None).await.unwrap();
        assert_eq!((body.length(), body.size()), (Some(length as u64), Some(length as u64)));
        let mut read = Vec::new();
        while let Some(bytes) = body.next().await {
            read.extend_from_slice(&bytes.unwrap());
        }
        assert!(read == content, "pieces of {size}");
    }
}

#[tokio::test]
async fn parts_of_a_file() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("digits"), "0123456789").unwrap();
    let range = |start, last| Some(Range { start, last });
    let mut body = agent.client.read_file(&agent.at("digits"), range(3, Some(5))).await.unwrap();
    assert_eq!((body.length(), body.size()), (Some(3), Some(10)));
    assert_eq!(body.next().await.unwrap().unwrap(), "345");
    assert!(body.next().await.is_none());
    let error = agent.client.read_file(&agent.at("digits"), range(10, None)).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::OutOfRange));
}

#[tokio::test]
async fn a_kernels_file_of_unknown_length() {
    let agent = TestAgent::start().await;
    let mut body = agent.client.read_file("/proc/self/status", None).await.unwrap();
    assert_eq!(body.length(), None);
    assert!(body.next().await.unwrap().unwrap().starts_with(b"Name:"));
}

#[tokio::test]
async fn refusals_come_before_the_bytes() {
    let agent = TestAgent::start().await;
    let code = |result: Result<_, AgentError>| result.map(drop).unwrap_err().code();
    let missing = agent.client.read_file(&agent.at("missing"), None).await;
    assert_eq!(code(missing.map(drop)), Some(ErrorCode::NotFound));
    let directory = agent.client.read_file(&agent.at(""), None).await;
    assert_eq!(code(directory.map(drop)), Some(ErrorCode::InvalidArgument));
    let directory = agent.client.write_file(&agent.at(""), None, pieces(b"x", 1)).await;
    assert_eq!(code(directory.map(drop)), Some(ErrorCode::InvalidArgument));
    let nobody = agent.client.as_user("nobody-here").read_file("/etc/passwd", None).await;
    assert_eq!(code(nobody.map(drop)), Some(ErrorCode::Unauthenticated));
}

#[tokio::test]
async fn what_is_not_whole_is_not_kept() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("kept"), "old").unwrap();
    let broken = stream::iter([Ok(Bytes::from_static(b"begin")), Err(io::Error::other("broken"))]);
    let error = agent.client.write_file(&agent.at("kept"), None, broken).await.unwrap_err();
    assert!(matches!(error, AgentError::Body { .. }), "{error:?}");
    let error = agent.client.write_file(&agent.at("kept"), Some(9), pieces(b"short", 5)).await.unwrap_err();
    assert!(matches!(error, AgentError::Body { .. }), "{error:?}");
    eventually("the end of both", || agent.names("") == ["kept"]).await;
    assert_eq!(fs::read_to_string(agent.at("kept")).unwrap(), "old");
}

/// A client of our own making, that says what it likes.
async fn upload_by_hand(agent: &TestAgent, name: &str) -> UnixStream {
    let mut stream = UnixStream::connect(&agent.socket).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: agent\r\nConnection: upgrade\r\nUpgrade: wrenn-bulk\r\n\r\n",
        agent.files(name)
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(soon("an answer", stream.read_u8()).await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    stream
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_nothing() {
    let agent = TestAgent::start().await;
    for sent in [&b""[..], b"\0\0", b"\0\0\0\x09half", b"\0\0\0\x04whol", b"\xff\xff\xff\xff!"] {
        let mut stream = upload_by_hand(&agent, "new").await;
        assert_eq!(agent.names("").len(), 1, "an unfinished file is there");
        stream.write_all(sent).await.unwrap();
        drop(stream);
        eventually("the end of the upload", || agent.names("").is_empty()).await;
    }
}

#[tokio::test]
async fn early_bytes_are_not_lost() {
    let agent = TestAgent::start().await;
    let mut stream = UnixStream::connect(&agent.socket).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: agent\r\nConnection: upgrade\r\nUpgrade: wrenn-bulk\r\n\r\n",
        agent.files("early")
    );
    let all = [head.as_bytes(), b"\0\0\0\x05early", b"\0\0\0\x01!", b"\0\0\0\0"].concat();
    stream.write_all(&all).await.unwrap();
    let mut answer = String::new();
    soon("the end", stream.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.contains("\"status\":200"), "{answer}");
    assert_eq!(fs::read_to_string(agent.at("early")).unwrap(), "early!");
}
