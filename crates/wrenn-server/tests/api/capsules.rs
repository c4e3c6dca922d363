//! Capsules, from creation to their end.

use http::Method;
use serde_json::json;

use crate::harness::Server;

#[tokio::test(flavor = "multi_thread")]
async fn a_capsule_lives_pauses_resumes_and_ends() {
    let server = Server::start().await;
    let body = r#"{"template":"plain","memory_mb":64,"metadata":{"purpose":"test"},"unknown":true}"#;
    let created = server.call(Method::POST, "/v1/capsules", body).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let capsule = created.json();
    assert_eq!((&capsule["status"], &capsule["memory_mb"]), (&json!("running"), &json!(64)));
    let path = format!("/v1/capsules/{}", capsule["id"].as_str().expect("an id"));

    let get = server.call(Method::GET, &path, "").await;
    assert_eq!((get.status, &get.json()["metadata"]), (200, &json!({"purpose": "test"})));
    assert_eq!(server.call(Method::GET, &format!("/api{path}"), "").await.json(), get.json());
    let resumed_too_early = server.call(Method::POST, &format!("{path}/resume"), "").await;
    assert_eq!(resumed_too_early.status, 409);
    resumed_too_early.assert_error("invalid_state");
    let paused = server.call(Method::POST, &format!("{path}/pause"), "").await;
    assert_eq!((paused.status, &paused.json()["status"]), (200, &json!("paused")));
    let exec = server.call(Method::POST, &format!("{path}/exec"), r#"{"cmd":"true"}"#).await;
    assert_eq!(exec.status, 409, "{}", exec.text());
    let resumed = server.call(Method::POST, &format!("{path}/resume"), "").await;
    assert_eq!((resumed.status, &resumed.json()["status"]), (200, &json!("running")));
    assert_eq!(server.call(Method::POST, &format!("{path}/ping"), "").await.status, 204);

    assert_eq!(server.call(Method::DELETE, &path, "").await.status, 204);
    assert_eq!(server.call(Method::DELETE, &path, "").await.status, 204, "asked again");
    assert_eq!(server.call(Method::GET, &path, "").await.json()["status"], "stopped");
    let exec = server.call(Method::POST, &format!("{path}/exec"), r#"{"cmd":"true"}"#).await;
    assert_eq!(exec.status, 409, "{}", exec.text());
    exec.assert_error("invalid_state");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_and_paged() {
    let server = Server::start().await;
    for number in 0..3 {
        let body = format!(r#"{{"template":"plain","metadata":{{"number":"{number}"}}}}"#);
        assert_eq!(server.call(Method::POST, "/v1/capsules", &body).await.status, 201);
    }
    let all = server.call(Method::GET, "/v1/capsules", "").await.json();
    assert_eq!(all.as_array().expect("a list").len(), 3);
    let one = server.call(Method::GET, "/v1/capsules?metadata.number=1&status=running", "").await.json();
    assert_eq!(one.as_array().expect("a list").len(), 1);
    assert_eq!(one[0]["metadata"]["number"], "1");
    assert_eq!(server.call(Method::GET, "/v1/capsules?status=paused", "").await.json(), json!([]));

    let first = server.call(Method::GET, "/v1/capsules?limit=2", "").await;
    let cursor = first.header("x-next-cursor").expect("another page").to_owned();
    let last = server.call(Method::GET, &format!("/v1/capsules?limit=2&cursor={cursor}"), "").await;
    assert_eq!(last.header("x-next-cursor"), None);
    let paged: Vec<_> = [first.json(), last.json()]
        .iter()
        .flat_map(|page| page.as_array().cloned().expect("a list"))
        .collect();
    assert_eq!(json!(paged), all);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_created_is_refused() {
    let server = Server::start().await;
    for (body, status, code) in [
        (r#"{"template":"nothing"}"#, 404, "not_found"),
        (r#"{"template":"../x"}"#, 400, "invalid_request"),
        (r#"{"template":"plain","vcpus":0}"#, 400, "invalid_request"),
        (r#"{"template":"plain","vcpus":-1}"#, 400, "invalid_request"),
        (r#"{"template":"plain","memory_mb":99999999}"#, 400, "invalid_request"),
        (r#"{"template":"plain","on_timeout":"explode"}"#, 400, "invalid_request"),
        (r#"{"template":"plain","envs":{"A=B":"x"}}"#, 400, "invalid_request"),
    ] {
        let reply = server.call(Method::POST, "/v1/capsules", body).await;
        assert_eq!(reply.status, status, "{body}: {}", reply.text());
        reply.assert_error(code);
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_and_snapshots_are_to_be_had() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let metrics = server.call(Method::GET, &format!("/v1/capsules/{id}/metrics?range=5m"), "").await.json();
    assert_eq!((&metrics["sandbox_id"], &metrics["range"]), (&json!(id), &json!("5m")));
    let stats = server.call(Method::GET, "/v1/capsules/stats", "").await.json();
    assert_eq!((&stats["range"], &stats["current"]["running_count"]), (&json!("1h"), &json!(1)));
    let usage = server.call(Method::GET, "/v1/capsules/usage", "").await;
    assert_eq!(usage.status, 200, "{}", usage.text());

    let body = format!(r#"{{"sandbox_id":"{id}","name":"kept"}}"#);
    let kept = server.call(Method::POST, "/v1/snapshots", &body).await;
    assert_eq!((kept.status, &kept.json()["type"]), (201, &json!("snapshot")), "{}", kept.text());
    let taken = server.call(Method::POST, "/v1/snapshots", &body).await;
    assert_eq!(taken.status, 409);
    taken.assert_error("conflict");
    assert_eq!(server.call(Method::POST, "/v1/snapshots?overwrite=true", &body).await.status, 201);
    let list = server.call(Method::GET, "/v1/snapshots?type=snapshot", "").await.json();
    assert!(list.as_array().expect("a list").iter().any(|template| template["name"] == "kept"), "{list}");
    assert_eq!(server.call(Method::DELETE, "/v1/snapshots/kept", "").await.status, 204);
    assert_eq!(server.call(Method::DELETE, "/v1/snapshots/kept", "").await.status, 404);

    let prometheus = server.call(Method::GET, "/metrics", "").await.text();
    assert!(prometheus.contains("wrenn_capsules{status=\"running\"} 1"), "{prometheus}");
    server.stop().await;
}
