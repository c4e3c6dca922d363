//! Whatever a client sends, it gets the contract's status and a sentence; never a 500.

use http::Method;
use insta::assert_snapshot;

use crate::harness::{Server, operations};

/// Every operation that takes JSON, with a body that is right.
const BODIES: [(&str, &str); 11] = [
    ("/v1/capsules", "{}"),
    ("/v1/capsules/{id}/exec", r#"{"cmd":"true"}"#),
    ("/v1/capsules/{id}/notebooks/{name}/exec", r#"{"code":"1"}"#),
    ("/v1/capsules/{id}/signed-urls", r#"{"port":80}"#),
    ("/v1/capsules/{id}/files/read", r#"{"path":"/x"}"#),
    ("/v1/capsules/{id}/files/stream/read", r#"{"path":"/x"}"#),
    ("/v1/capsules/{id}/files/list", r#"{"path":"/x"}"#),
    ("/v1/capsules/{id}/files/mkdir", r#"{"path":"/x"}"#),
    ("/v1/capsules/{id}/files/remove", r#"{"path":"/x"}"#),
    ("/v1/capsules/{id}/files/stat", r#"{"path":"/x"}"#),
    ("/v1/capsules/{id}/files/move", r#"{"source":"/x","destination":"/y"}"#),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_another_team_is_not_there() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let body = format!(r#"{{"sandbox_id":"{id}","name":"theirs"}}"#);
    assert_eq!(server.call(Method::POST, "/v1/snapshots", &body).await.status, 201);
    let stranger = server.another_team().await;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.contains('{')) {
        let body = BODIES.iter().find(|(of, _)| *of == path).map_or("", |(_, body)| body);
        let path = path.replace("{id}", &id).replace("{selector}", "1").replace("{name}", "theirs");
        let reply = if path.contains("/write") {
            stranger.upload(&path, &[("path", "/x"), ("file", "content")]).await
        } else if ["/stream", "/pty", "/watch"].iter().any(|end| path.ends_with(end)) {
            stranger.upgrade(&path).await
        } else {
            stranger.call(method.clone(), &path, body).await
        };
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text());
        reply.assert_error("not_found");
    }
    assert_eq!(stranger.call(Method::POST, "/v1/snapshots", &body).await.status, 404);
    assert_eq!(stranger.call(Method::GET, "/v1/capsules", "").await.json(), serde_json::json!([]));
    assert!(!stranger.call(Method::GET, "/v1/snapshots", "").await.text().contains("theirs"));
    assert_eq!(server.call(Method::GET, &format!("/v1/capsules/{id}"), "").await.json()["status"], "running");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_can_be_none_is_malformed_and_one_that_is_none_not_found() {
    let server = Server::start().await;
    for (method, path) in operations().into_iter().filter(|(_, path)| path.contains("/{id}")) {
        let body = BODIES.iter().find(|(of, _)| *of == path).map_or("", |(_, body)| body);
        let stream = ["/stream", "/pty", "/watch"].iter().any(|end| path.ends_with(end));
        for (id, status, code) in [
            ("a%20b", 400, "invalid_request"),
            ("%2e%2e", 400, "invalid_request"),
            ("%00", 400, "invalid_request"),
            ("%ff", 400, "invalid_request"),
            (&"x".repeat(65), 400, "invalid_request"),
            ("missing", 404, "not_found"),
            ("cl-0000000000000000000000000", 404, "not_found"),
        ] {
            let path = path.replace("{id}", id).replace("{selector}", "1").replace("{name}", "x");
            let reply = if path.contains("/write") {
                server.upload(&path, &[("path", "/x"), ("file", "content")]).await
            } else if stream {
                server.upgrade(&path).await
            } else {
                server.call(method.clone(), &path, body).await
            };
            assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
            reply.assert_error(code);
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_as_expected_is_malformed() {
    let server = Server::start().await;
    for (path, right) in BODIES {
        let path = path.replace("{id}", "cl-1").replace("{name}", "x");
        for body in
            ["{", "[]", "null", "\"text\"", "\u{feff}{}", r#"{"path":1,"cmd":1,"vcpus":"2","source":[]}"#]
        {
            let reply = server.call(Method::POST, &path, body).await;
            assert_eq!(reply.status, 400, "{path} with {body}: {}", reply.text());
            reply.assert_error("invalid_request");
        }
        let key = server.key.as_str();
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\u{fc}"] {
            let reply =
                server.send(Method::POST, &path, &[("x-api-key", key), ("content-type", kind)], right).await;
            assert_eq!(reply.status, 400, "{path} as {kind}: {}", reply.text());
            reply.assert_error("invalid_request");
        }
        let large = format!(r#"{{"path":"/x","cmd":"{}"}}"#, "x".repeat(5 << 20));
        let reply = server.call(Method::POST, &path, &large).await;
        assert_eq!(reply.status, 413, "{path}: {}", reply.text());
        reply.assert_error("too_large");
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_can_be_none_are_malformed() {
    let server = Server::start().await;
    let long = "/a".repeat(3000);
    for path in ["", "/a\\u0000b", &long] {
        for operation in ["read", "stream/read", "list", "mkdir", "remove", "stat"] {
            let body = format!(r#"{{"path":"{path}"}}"#);
            let reply =
                server.call(Method::POST, &format!("/v1/capsules/cl-1/files/{operation}"), &body).await;
            assert_eq!(reply.status, 400, "{operation}: {}", reply.text());
            reply.assert_error("invalid_request");
        }
        let raw = path.replace("\\u0000", "\0");
        let reply = server.upload("/v1/capsules/cl-1/files/write", &[("path", &raw), ("file", "x")]).await;
        assert_eq!(reply.status, 400, "write: {}", reply.text());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_that_are_not_as_expected_are_malformed() {
    let server = Server::start().await;
    for path in [
        "/v1/capsules?limit=0",
        "/v1/capsules?limit=many",
        "/v1/capsules?status=gone",
        "/v1/capsules/stats?range=7m",
        "/v1/capsules/cl-1/metrics?range=1y",
        "/v1/capsules/usage?from=yesterday",
        "/v1/snapshots?type=other",
    ] {
        let reply = server.call(Method::GET, path, "").await;
        assert_eq!(reply.status, 400, "{path}: {}", reply.text());
        reply.assert_error("invalid_request");
    }
    let reply = server.call(Method::DELETE, "/v1/capsules/cl-1/processes/1?signal=SIGHUP", "").await;
    assert_snapshot!(reply.summary(), @r#"400 {"error":{"code":"invalid_request","message":"Correct the query of the address; it was not understood: signal: unknown variant `SIGHUP`, expected `SIGKILL` or `SIGTERM`.","request_id":"[id]"}}"#);
    let reply = server.call(Method::GET, "/v1/capsules?status=gone", "").await;
    assert_snapshot!(reply.summary(), @r#"400 {"error":{"code":"invalid_request","message":"Choose a status that exists instead of \"gone\": pending, starting, running, pausing, paused, resuming, hibernated, stopping, stopped, missing, error.","request_id":"[id]"}}"#);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_that_are_not_as_expected_are_malformed() {
    let server = Server::start().await;
    let write = "/v1/capsules/cl-1/files/write";
    let reply = server.upload(write, &[("path", "/x")]).await;
    assert_snapshot!(reply.summary(), @r#"400 {"error":{"code":"invalid_request","message":"Send the content in a form field named file; the form has none.","request_id":"[id]"}}"#);
    let reply = server.upload(write, &[("file", "x"), ("path", "/x")]).await;
    assert_snapshot!(reply.summary(), @r#"400 {"error":{"code":"invalid_request","message":"Say where the file goes: send the form field path before the field file.","request_id":"[id]"}}"#);
    let reply = server.call(Method::POST, write, "{}").await;
    assert_snapshot!(reply.summary(), @r#"400 {"error":{"code":"invalid_request","message":"Send a multipart form with the fields path and file, or the bare content as application/octet-stream with path in the query.","request_id":"[id]"}}"#);
    let kind = ("content-type", "multipart/form-data; boundary=XX");
    let key = ("x-api-key", server.key.as_str());
    for body in
        ["", "--XX", "--XX\r\n\r\n\r\n--XX--", "--XX\r\ncontent-disposition: form-data; name=path\r\n\r\n/x"]
    {
        let reply = server.send(Method::POST, write, &[key, kind], body).await;
        assert_eq!(reply.status, 400, "{body:?}: {}", reply.text());
        reply.assert_error("invalid_request");
    }
    let octets = ("content-type", "application/octet-stream");
    let reply = server.send(Method::POST, write, &[key, octets], "content").await;
    assert_eq!(reply.status, 400, "without a path: {}", reply.text());
    server.stop().await;
}
