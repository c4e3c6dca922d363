use axum::{
    Json, Router,
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use wrenn::{CapsuleStatus, OnTimeout, RuntimeKind};

use crate::mock::{Mock, capsule};

#[tokio::test]
async fn a_creation_sends_what_was_chosen_and_nothing_else() {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let keep = bodies.clone();
    let create = move |Json(body): Json<Value>| async move {
        keep.lock().expect("unpoisoned").push(body);
        (StatusCode::CREATED, Json(capsule("cl-1", "running")))
    };
    let mock = Mock::start(Router::new().route("/v1/capsules", post(create))).await;
    let client = mock.client();
    client.create_capsule("minimal").await.expect("a capsule");
    client
        .create_capsule("node")
        .vcpus(2)
        .memory_mb(1024)
        .timeout_sec(300)
        .on_timeout(OnTimeout::Destroy)
        .runtime(RuntimeKind::Microvm)
        .env("A", "1")
        .metadata("owner", "ci")
        .await
        .expect("a capsule");
    let expected = [
        json!({ "template": "minimal" }),
        json!({
            "template": "node", "vcpus": 2, "memory_mb": 1024, "timeout_sec": 300, "on_timeout": "destroy", "runtime": "microvm",
            "envs": { "A": "1" }, "metadata": { "owner": "ci" },
        }),
    ];
    assert_eq!(*bodies.lock().expect("unpoisoned"), expected);
}

/// Two pages of two capsules.
async fn pages(Query(query): Query<HashMap<String, String>>) -> Response {
    match query.get("cursor").map(String::as_str) {
        None => ([("X-Next-Cursor", "p2")], Json([capsule("cl-1", "running"), capsule("cl-2", "running")]))
            .into_response(),
        Some("p2") => Json([capsule("cl-3", "paused"), capsule("cl-4", "running")]).into_response(),
        Some(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[tokio::test]
async fn a_list_goes_through_all_its_pages() {
    let mock = Mock::start(Router::new().route("/v1/capsules", get(pages))).await;
    let ids = |list: Vec<wrenn::api::Capsule>| {
        list.into_iter().map(|capsule| capsule.id.to_string()).collect::<Vec<_>>()
    };
    let all = mock.client().capsules().list().await.expect("a list");
    assert_eq!(ids(all), ["cl-1", "cl-2", "cl-3", "cl-4"]);
    let some = mock.client().capsules().list().limit(3).await.expect("a list");
    assert_eq!(ids(some), ["cl-1", "cl-2", "cl-3"]);
}

#[tokio::test]
async fn filters_are_sent() {
    let mock = Mock::start(Router::new().route("/v1/capsules", get(|| async { Json(json!([])) }))).await;
    let list =
        mock.client().capsules().list().status(CapsuleStatus::Stopped).metadata("owner", "a&b").limit(5);
    list.await.expect("a list");
    assert_eq!(mock.calls(), ["GET /v1/capsules?status=stopped&metadata.owner=a%26b&limit=5"]);
}

#[tokio::test]
async fn an_empty_answer_to_a_destruction_is_well() {
    let destroy = || async { (StatusCode::NO_CONTENT, [("content-length", "0")]) };
    let router = Router::new().route("/v1/capsules/{id}", axum::routing::delete(destroy));
    let mock = Mock::start(router).await;
    mock.client().capsule("cl-1").destroy().await.expect("destroyed");
}

#[tokio::test]
async fn the_verbs_of_a_capsules_life() {
    let answer = || async { Json(capsule("cl-1", "running")) };
    let router = Router::new()
        .route("/v1/capsules/{id}/pause", post(answer))
        .route("/v1/capsules/{id}/resume", post(answer))
        .route("/v1/capsules/{id}/ping", post(|| async { StatusCode::NO_CONTENT }));
    let mock = Mock::start(router).await;
    let capsule = mock.client().capsule("cl-1");
    capsule.pause().await.expect("paused");
    capsule.resume_and_wait().await.expect("resumed");
    capsule.ping().await.expect("pinged");
    let expected =
        ["POST /v1/capsules/cl-1/pause", "POST /v1/capsules/cl-1/resume", "POST /v1/capsules/cl-1/ping"];
    assert_eq!(mock.calls(), expected);
}

#[tokio::test]
async fn copies_are_handles_of_the_same_client() {
    let fork = |Json(body): Json<Value>| async move {
        assert_eq!(body, json!({ "count": 2 }));
        let capsules = [capsule("cl-2", "running"), capsule("cl-3", "running")];
        (StatusCode::CREATED, Json(json!({ "capsules": capsules, "memory": false })))
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}/fork", post(fork))).await;
    let copies = mock.client().capsule("cl-1").fork(2).await.expect("copies");
    assert_eq!(copies.iter().map(wrenn::Capsule::id).collect::<Vec<_>>(), ["cl-2", "cl-3"]);
}
