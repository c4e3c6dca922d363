use std::time::Duration;

use axum::{Json, Router, http::StatusCode, routing::get};
use serde_json::json;
use wrenn::{Client, Error};

use crate::mock::{Mock, refusal};

#[tokio::test]
async fn a_refusal_tells_all_that_the_server_said() {
    let answer = || async {
        (StatusCode::NOT_FOUND, [("x-request-id", "req-7")], Json(refusal("not_found", "There is none.")))
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}", get(answer))).await;
    let error = mock.client().capsule("missing").info().await.expect_err("refused");
    assert!(matches!(error, Error::NotFound(_)));
    assert_eq!((error.status_code(), error.code()), (Some(404), Some("not_found")));
    assert_eq!(error.message(), "There is none.");
    assert_eq!(error.request_id(), Some("req-7"));
    assert_eq!(error.body(), Some(&refusal("not_found", "There is none.")));
    assert_eq!(error.to_string(), "get capsule missing: There is none. (404 not_found)");
}

#[tokio::test]
async fn nobody_there_is_a_connection_error_that_names_the_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let client = Client::builder().api_key("k").base_url(&url).max_retries(0).build().expect("a client");
    let error = client.capsules().list().await.expect_err("nobody there");
    assert_eq!(error.to_string(), format!("list capsules: the connection to {url} failed"));
    assert_eq!((error.status_code(), error.body()), (None, None));
    let stream = client.capsule("cl-1").commands().stream("true").await.expect_err("nobody there");
    assert!(matches!(stream, Error::Connection { .. }));
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_a_timeout() {
    let never = || async { std::future::pending::<()>().await };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}", get(never))).await;
    let client = Client::builder().api_key("k").base_url(&mock.url).timeout(Duration::from_millis(50));
    let error = client.build().expect("a client").capsule("cl-1").info().await.expect_err("too late");
    assert!(matches!(error, Error::Timeout { .. }), "{error}");
    assert_eq!(mock.calls().len(), 1);
}

#[tokio::test]
async fn an_answer_of_another_shape_is_said_to_be_that() {
    let answer = || async { Json(json!({"hello": 1})) };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}", get(answer))).await;
    let error = mock.client().capsule("cl-1").info().await.expect_err("no capsule");
    assert!(matches!(error, Error::Decode { .. }), "{error}");
}

#[tokio::test]
async fn every_form_of_the_address_and_the_key_arrive() {
    let answer = || async { Json(json!([])) };
    let router = Router::new().route("/v1/capsules", get(answer)).route("/api/v1/capsules", get(answer));
    let mock = Mock::start(router).await;
    for suffix in ["", "/", "/api", "/api/", "/v1", "/api/v1/"] {
        let url = format!("{}{suffix}", mock.url);
        let client = Client::builder().api_key("wrn_test").base_url(url).build().expect("a client");
        client.capsules().list().await.expect("a list");
    }
    let v1 = "GET /v1/capsules";
    let api = "GET /api/v1/capsules";
    assert_eq!(mock.calls(), [v1, v1, api, api, v1, api]);
    assert!(mock.seen().iter().all(|seen| seen.api_key.as_deref() == Some("wrn_test")));
}
