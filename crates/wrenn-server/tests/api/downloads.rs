//! Files on their way out.

use http::Method;
use serde_json::json;

use crate::harness::{Reply, Server};

async fn read(server: &Server, id: &str, route: &str, path: &str, range: Option<&str>) -> Reply {
    let mut headers = vec![("x-api-key", server.key.as_str()), ("content-type", "application/json")];
    headers.extend(range.map(|range| ("range", range)));
    let body = json!({ "path": path }).to_string();
    server.send(Method::POST, &format!("/v1/capsules/{id}/files/{route}"), &headers, body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_leave_whole_and_in_parts() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let file = server.files().join("digits");
    let content = "0123456789".repeat(100_000);
    std::fs::write(&file, &content).expect("a file");
    let path = file.to_str().expect("text");
    for route in ["read", "stream/read"] {
        let whole = read(&server, &id, route, path, None).await;
        assert_eq!((whole.status, whole.header("content-length")), (200, Some("1000000")));
        assert_eq!(whole.header("content-type"), Some("application/octet-stream"));
        assert!(whole.text() == content, "the content differs");
        for (range, expected, placed) in [
            ("bytes=2-5", "2345", "bytes 2-5/1000000"),
            ("bytes=999998-", "89", "bytes 999998-999999/1000000"),
            ("bytes=999997-5000000", "789", "bytes 999997-999999/1000000"),
            ("bytes=-4", "6789", "bytes 999996-999999/1000000"),
        ] {
            let part = read(&server, &id, route, path, Some(range)).await;
            assert_eq!((part.status, part.text().as_str()), (206, expected), "{range}");
            assert_eq!(part.header("content-range"), Some(placed), "{range}");
            assert_eq!(part.header("content-length"), Some(expected.len().to_string().as_str()));
        }
        for range in ["bytes=1000000-", "bytes=-0"] {
            let outside = read(&server, &id, route, path, Some(range)).await;
            assert_eq!(
                (outside.status, outside.header("content-range")),
                (416, Some("bytes */1000000")),
                "{range}"
            );
            outside.assert_error("invalid_request");
        }
        let malformed = read(&server, &id, route, path, Some("bytes=5-1")).await;
        assert_eq!(malformed.status, 400);
        malformed.assert_error("invalid_request");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_is_not_read() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    let empty = root.join("empty");
    std::fs::write(&empty, "").expect("a file");
    let reply = read(&server, &id, "read", empty.to_str().expect("text"), None).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, ""));
    let directory = read(&server, &id, "read", root.to_str().expect("text"), None).await;
    assert_eq!(directory.status, 400, "{}", directory.text());
    directory.assert_error("invalid_request");
    let missing = read(&server, &id, "read", "../../../../no/such/file", None).await;
    assert_eq!(missing.status, 404, "{}", missing.text());
    missing.assert_error("not_found");
    server.stop().await;
}
