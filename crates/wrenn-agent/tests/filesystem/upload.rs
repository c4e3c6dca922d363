//! `POST /files`.

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::fixture::{TestAgent, assert_refused, eventually, json as answer};

const OCTETS: &str = "application/octet-stream";
const MULTIPART: &str = "multipart/form-data; boundary=XX";

fn part(name: &str, file: &str, content: &str) -> String {
    format!(
        "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n{content}\r\n"
    )
}

#[tokio::test]
async fn a_body_becomes_a_file_with_its_directories() {
    let agent = TestAgent::start().await;
    let response = agent.post(&agent.files("new/dir/a.txt"), OCTETS, "hello").await;
    let path = agent.at("new/dir/a.txt");
    assert_eq!(answer(&response), (200, json!([{ "name": "a.txt", "type": "file", "path": path }])));
    assert_eq!(fs::read_to_string(path).unwrap(), "hello");
    assert_eq!(agent.names("new/dir"), ["a.txt"]);
}

#[tokio::test]
async fn a_large_body_arrives_whole() {
    let agent = TestAgent::start().await;
    let content: Vec<u8> = (0..20_000_000_u32).map(|n| (n / 3 % 253) as u8).collect();
    assert_eq!(agent.post(&agent.files("large"), OCTETS, content.clone()).await.status(), 200);
    assert!(fs::read(agent.at("large")).unwrap() == content);
    let text = "0123456789".repeat(500_000);
    let body = part("file", &agent.at("part"), &text) + "--XX--\r\n";
    assert_eq!(agent.post("/files", MULTIPART, body).await.status(), 200);
    assert!(fs::read_to_string(agent.at("part")).unwrap() == text);
}

#[tokio::test]
async fn a_file_that_is_replaced_keeps_its_mode_and_links_stay_links() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("tool"), "old").unwrap();
    fs::set_permissions(agent.at("tool"), fs::Permissions::from_mode(0o750)).unwrap();
    std::os::unix::fs::symlink("tool", agent.at("link")).unwrap();
    assert_eq!(agent.post(&agent.files("link"), OCTETS, "new").await.status(), 200);
    assert_eq!(fs::read_to_string(agent.at("tool")).unwrap(), "new");
    assert_eq!(fs::metadata(agent.at("tool")).unwrap().mode() & 0o7777, 0o750);
    assert!(fs::symlink_metadata(agent.at("link")).unwrap().is_symlink());
}

#[tokio::test]
async fn several_files_in_one_multipart_body() {
    let agent = TestAgent::start().await;
    let body = [
        part("file", &agent.at("one"), "1"),
        part("note", "ignored", "not a file"),
        part("file", &agent.at("sub/t\u{e4}st %22q%22"), "22"),
        "--XX--\r\n".to_owned(),
    ];
    let (status, written) = answer(&agent.post("/files", MULTIPART, body.concat()).await);
    assert_eq!(status, 200, "{written}");
    assert_eq!(written[1]["path"], agent.at("sub/t\u{e4}st \"q\""));
    assert_eq!(fs::read_to_string(agent.at("one")).unwrap(), "1");
    assert_eq!(fs::read_to_string(agent.at("sub/t\u{e4}st \"q\"")).unwrap(), "22");
}

#[tokio::test]
async fn the_path_in_the_query_names_a_single_part() {
    let agent = TestAgent::start().await;
    let body = part("file", "other", "x") + "--XX--\r\n";
    assert_eq!(agent.post(&agent.files("named"), MULTIPART, body).await.status(), 200);
    assert_eq!(agent.names(""), ["named"]);
    let two = part("file", "a", "x") + &part("file", "b", "y") + "--XX--\r\n";
    assert_refused(&agent.post(&agent.files("named"), MULTIPART, two).await, 400);
    assert_eq!(fs::read_to_string(agent.at("named")).unwrap(), "x");
}

#[tokio::test]
async fn malformed_bodies_are_refused_and_leave_nothing() {
    let agent = TestAgent::start().await;
    let cut = part("file", &agent.at("cut"), "x");
    assert_refused(&agent.post("/files", MULTIPART, cut).await, 400);
    assert_refused(&agent.post("/files", MULTIPART, "--XX--\r\n").await, 400);
    assert_refused(&agent.post("/files", MULTIPART, "nonsense").await, 400);
    assert_refused(&agent.post("/files", "multipart/form-data", "x").await, 400);
    assert_refused(&agent.post("/files", OCTETS, "x").await, 400);
    assert_refused(&agent.post(&agent.files(""), OCTETS, "x").await, 400);
    assert_refused(&agent.post("/files?path=/dev/null", OCTETS, "x").await, 400);
    let packed = |encoding| {
        let request = Request::post(agent.files("packed")).header("content-encoding", encoding);
        agent.send(request.body(Bytes::from_static(b"no gzip")).unwrap())
    };
    assert_refused(&packed("gzip").await, 400);
    assert_refused(&packed("br").await, 400);
    assert!(agent.names("").is_empty(), "{:?}", agent.names(""));
}

#[tokio::test]
async fn a_gzip_body_is_unpacked() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("plain"), "unpacked").unwrap();
    let packed = std::process::Command::new("gzip").args(["-c", &agent.at("plain")]).output().unwrap().stdout;
    let request =
        Request::post(agent.files("a")).header("content-encoding", "gzip").body(packed.into()).unwrap();
    assert_eq!(agent.send(request).await.status(), 200);
    assert_eq!(fs::read_to_string(agent.at("a")).unwrap(), "unpacked");
}

#[tokio::test]
async fn notes_are_kept_replaced_and_checked() {
    let agent = TestAgent::start().await;
    let with = |name: &'static str, value: &'static str| {
        let request = Request::post(agent.files("noted")).header(name, value);
        agent.send(request.body(Bytes::new()).unwrap())
    };
    let (status, written) = answer(&with("X-Metadata-Author", "me").await);
    assert_eq!((status, &written[0]["metadata"]), (200, &json!({ "author": "me" })));
    let entry = agent.client.stat(&agent.at("noted")).await.unwrap();
    assert_eq!(entry.metadata.get("author").map(String::as_str), Some("me"));
    assert_eq!(with("X-Other", "x").await.status(), 200);
    assert!(agent.client.stat(&agent.at("noted")).await.unwrap().metadata.is_empty());
    assert_refused(&with("X-Metadata-", "x").await, 400);
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_the_old_file() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("kept"), "old").unwrap();
    for head in
        ["Content-Length: 1000000\r\n\r\nbeginning", "Transfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n"]
    {
        let mut stream = TcpStream::connect(agent.address).unwrap();
        write!(stream, "POST {} HTTP/1.1\r\nHost: agent\r\n{head}", agent.files("kept")).unwrap();
        eventually("the upload's begin", || agent.names("").len() == 2).await;
        drop(stream);
        eventually("the upload's end", || agent.names("") == ["kept"]).await;
    }
    assert_eq!(fs::read_to_string(agent.at("kept")).unwrap(), "old");
}
