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
            [("/", "/"), ("/?", "/?"), ("/v1/capsules?a=%20b", "/v1/capsules?a=%20b"), ("//x/%2F", "//x/%2F")]
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

#[tokio::test(flavor = "multi_thread")]
async fn an_address_without_its_slash_gets_one() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let reply = server.send(Method::GET, &format!("{base}?a=b"), &[], "").await;
    assert_eq!((reply.status, reply.header("location")), (308, Some(format!("{base}/?a=b").as_str())));
    let reply = server.send(Method::POST, &base, &[], "").await;
    assert_eq!((reply.status, reply.json()["path"].as_str()), (200, Some("/")));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_speaks_for_its_own_address_only() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let by_path = server.send(Method::GET, &format!("{base}/x?to=/login"), &[], "").await;
    let expected = [format!("a=1; HttpOnly; Path={base}/"), format!("b=2; Path={base}/")];
    assert_eq!(by_path.headers("set-cookie"), expected);
    assert_eq!(by_path.header("location"), Some(format!("{base}/login").as_str()));
    let policy = by_path.header("content-security-policy").expect("a policy");
    assert!(policy.starts_with("sandbox ") && !policy.contains("allow-same-origin"), "{policy}");
    let host = format!("{}-{id}.localhost", service.port);
    let by_host = server.at(&host).send(Method::GET, "/x?to=/login", &[], "").await;
    assert_eq!(by_host.headers("set-cookie"), ["a=1; HttpOnly; Path=/", "b=2"]);
    assert_eq!(by_host.header("location"), Some("/login"));
    assert_eq!(by_host.header("content-security-policy"), None);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_cannot_name_what_confines_it_as_of_one_connection() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let hop = "content-security-policy,set-cookie";
    let reply = server.send(Method::GET, &format!("{base}/x?hop={hop}"), &[], "").await;
    assert!(reply.header("content-security-policy").expect("a policy").starts_with("sandbox "));
    // What the service itself says under such a name is about its own connection.
    assert_eq!(reply.headers("set-cookie"), Vec::<String>::new());
    assert_eq!(reply.header("connection"), None);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_domain_only_hosts_below_it_are_ports() {
    let server =
        Server::with(wrenn_server::Config { domain: Some("box.example".to_owned()), ..Default::default() })
            .await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let label = format!("{}-{id}", service.port);
    let reply = server.at(&format!("{label}.box.example")).send(Method::GET, "/v1/capsules", &[], "").await;
    assert_eq!((reply.status, reply.json()["path"].as_str()), (200, Some("/v1/capsules")));
    let reply = server.at(&format!("{label}.localhost")).send(Method::GET, "/v1/capsules", &[], "").await;
    assert_eq!(reply.status, 401);
    let reply = server.at("80-missing.box.example").send(Method::GET, "/", &[], "").await;
    assert_eq!(reply.status, 404);
    reply.assert_error("not_found");
    server.stop().await;
}
