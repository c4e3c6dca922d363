//! What of a request and an answer arrives.

use http::Method;

use super::service::Service;
use crate::harness::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_port_is_reached_by_path_and_by_host() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let port = service.port;
    for prefix in ["/v1", "/api/v1"] {
        let base = format!("{prefix}/capsules/{id}/ports/{port}");
        for (path, seen) in
            [("", "/"), ("/", "/"), ("/v1/capsules?a=%20b", "/v1/capsules?a=%20b"), ("//x/%2F", "//x/%2F")]
        {
            let reply = server.send(Method::GET, &format!("{base}{path}"), &[], "").await;
            assert_eq!((reply.status, reply.json()["path"].as_str()), (200, Some(seen)), "{path}");
            let headers = &reply.json()["headers"];
            assert_eq!(headers["x-forwarded-prefix"], base.as_str());
            assert_eq!(headers["host"], server.address.to_string().as_str());
        }
    }
    let host = format!("{port}-{id}.localhost:1");
    for path in ["/", "/v1/capsules", "/health", "/v1/capsules/cl-1/ports/1/x", "/openapi.json"] {
        let reply = server.at(&host).send(Method::PATCH, path, &[], "").await;
        let answer = reply.json();
        assert_eq!((reply.status, answer["path"].as_str()), (200, Some(path)));
        assert_eq!(answer["method"], "PATCH");
        assert_eq!(answer["headers"]["host"], host.as_str());
        assert_eq!(answer["headers"]["x-forwarded-host"], host.as_str());
        assert_eq!(answer["headers"]["x-forwarded-prefix"], serde_json::Value::Null);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_of_one_connection_stay_there_and_others_pass() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let path = format!("/v1/capsules/{id}/ports/{}/x", service.port);
    let sent = [
        ("connection", "keep-alive, X-Hop"),
        ("x-hop", "1"),
        ("keep-alive", "timeout=5"),
        ("proxy-authorization", "Basic eA=="),
        ("te", "trailers, deflate"),
        ("x-own", "yes"),
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-prefix", "/wrong"),
        ("cookie", "a=1"),
        ("cookie", "b=2"),
    ];
    let headers = server.send(Method::GET, &path, &sent, "").await.json()["headers"].take();
    for gone in
        ["connection", "x-hop", "keep-alive", "proxy-authorization", "transfer-encoding", "content-length"]
    {
        assert_eq!(headers[gone], serde_json::Value::Null, "{gone}");
    }
    assert_eq!(headers["te"], "trailers");
    assert_eq!(headers["x-own"], "yes");
    // The test's client is on this machine, as a proxy with a certificate would be.
    assert_eq!(headers["x-forwarded-for"], "192.0.2.1, 127.0.0.1");
    assert_eq!(headers["x-forwarded-proto"], "https");
    assert_eq!(headers["x-forwarded-prefix"], path.trim_end_matches("/x"));
    assert_eq!(headers["cookie"], "a=1; b=2");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_without_a_body_have_none() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let reply = server.send(Method::HEAD, &format!("{base}/x"), &[], "").await;
    assert_eq!((reply.status, reply.text()), (200, String::new()));
    assert!(reply.header("content-length").expect("a length").parse::<u64>().unwrap() > 100);
    let reply = server.send(Method::GET, &format!("{base}/empty"), &[], "").await;
    assert_eq!((reply.status, reply.text()), (204, String::new()));
    let reply = server.send(Method::POST, &format!("{base}/echo"), &[("content-type", "x/y")], "hello").await;
    assert_eq!((reply.text().as_str(), reply.header("content-type")), ("hello", Some("x/y")));
    server.stop().await;
}
