//! What every address has in common, and what the server says about itself.

use http::Method;
use insta::assert_snapshot;

use crate::harness::Server;

#[tokio::test(flavor = "multi_thread")]
async fn the_server_describes_itself_without_a_key() {
    let server = Server::start().await;
    let get = async |path| server.send(Method::GET, path, &[], "").await;

    let health = get("/health").await;
    assert_eq!(health.json()["status"], "ok");
    assert_eq!(health.json()["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(get("/openapi.json").await.text(), wrenn_server::openapi_json());
    let yaml = get("/openapi.yaml").await;
    assert_eq!(yaml.header("content-type"), Some("application/yaml"));
    assert!(yaml.text().contains("operationId: \"createCapsule\""));
    let docs = get("/docs").await;
    assert_eq!(docs.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(
        !docs.text().contains("http://") && !docs.text().contains("https://"),
        "the page needs another server"
    );
    let metrics = get("/metrics").await.text();
    assert!(metrics.contains(
        r#"wrenn_http_request_duration_seconds_count{method="GET",route="/health",status="200"} 1"#
    ));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_and_methods_are_told_apart() {
    let server = Server::start().await;
    let key = [("x-api-key", server.key.as_str())];
    for path in ["/", "/nothing", "/v1", "/v1/nothing", "/api/v1/capsules/cl-1/nothing", "/v2/capsules"] {
        let reply = server.send(Method::GET, path, &key, "").await;
        assert_eq!(reply.status, 404, "{path}");
        reply.assert_error("not_found");
    }
    for (method, path) in [
        (Method::DELETE, "/v1/capsules"),
        (Method::GET, "/v1/capsules/cl-1/exec"),
        (Method::PUT, "/api/v1/capsules/cl-1"),
        (Method::POST, "/health"),
        (Method::POST, "/v1/capsules/stats"),
    ] {
        let reply = server.send(method.clone(), path, &key, "").await;
        assert_eq!(reply.status, 405, "{method} {path}");
        assert!(reply.header("allow").is_some(), "{method} {path}");
        reply.assert_error("invalid_request");
    }
    let reply = server.send(Method::PATCH, "/v1/capsules/cl-1", &key, "").await;
    assert_snapshot!(reply.summary(), @r#"405 {"error":{"code":"invalid_request","message":"Use another method; /v1/capsules/cl-1 does not take PATCH. The Allow header lists those that it does.","request_id":"[id]"}}"#);
    let reply = server.send(Method::GET, "/v1/nothing", &key, "").await;
    assert_snapshot!(reply.summary(), @r#"404 {"error":{"code":"not_found","message":"Check the address; there is nothing at /v1/nothing. /docs lists what there is.","request_id":"[id]"}}"#);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_an_id_of_its_own() {
    let server = Server::start().await;
    let mut ids = std::collections::BTreeSet::new();
    for path in ["/health", "/nothing", "/v1/capsules", "/docs"] {
        let reply = server.send(Method::GET, path, &[], "").await;
        assert!(ids.insert(reply.header("x-request-id").expect("an id").to_owned()), "{path}");
    }
    server.stop().await;
}
