use axum::{
    Json, Router,
    http::StatusCode,
    routing::{get, post},
};
use wrenn::{Capsule, Error};

use crate::mock::{Mock, capsule, refusal};

const DESTROY: &str = "DELETE /v1/capsules/cl-1";

async fn mock(destroy: StatusCode) -> Mock {
    let create = || async { (StatusCode::CREATED, Json(capsule("cl-1", "running"))) };
    let info = || async { Json(capsule("cl-1", "running")) };
    let destroyed = move || async move { (destroy, Json(refusal("internal_error", "No."))) };
    let router = Router::new()
        .route("/v1/capsules", post(create))
        .route("/v1/capsules/{id}", get(info).delete(destroyed));
    Mock::start(router).await
}

#[tokio::test]
async fn a_dropped_guard_destroys_its_capsule() {
    let mock = mock(StatusCode::NO_CONTENT).await;
    let guard = Capsule::create("minimal").client(&mock.client()).owned().await.expect("a capsule");
    assert_eq!(guard.id(), "cl-1");
    drop(guard);
    mock.wait_for_calls(2).await;
    assert_eq!(mock.calls()[1], DESTROY);
}

#[tokio::test]
async fn a_guard_that_is_destroyed_or_kept_does_nothing_more() {
    let mock = mock(StatusCode::NO_CONTENT).await;
    let create = || Capsule::create("minimal").client(&mock.client());
    create().owned().await.expect("a capsule").destroy().await.expect("destroyed");
    let kept = create().owned().await.expect("a capsule").keep();
    kept.info().await.expect("it is there");
    assert_eq!(mock.calls().iter().filter(|call| *call == DESTROY).count(), 1);
}

#[tokio::test]
async fn a_handle_leaves_its_capsule_alone() {
    let mock = mock(StatusCode::NO_CONTENT).await;
    let client = mock.client();
    drop(client.create_capsule("minimal").await.expect("a capsule"));
    drop(client.capsule("cl-1"));
    client.capsule("cl-1").info().await.expect("it is there");
    assert!(!mock.calls().contains(&DESTROY.to_owned()));
}

#[tokio::test]
async fn work_in_a_capsule_ends_with_its_end() {
    let mock = mock(StatusCode::NO_CONTENT).await;
    let create = || Capsule::create("minimal").client(&mock.client());
    let id: Result<String, Error> = create().with(async |capsule| Ok(capsule.id().to_owned())).await;
    assert_eq!(id.expect("the work's value"), "cl-1");
    let failed: Result<(), Error> = create().with(async |_| Err(Error::Config("mine".into()))).await;
    assert_eq!(failed.expect_err("the work's error").to_string(), "mine");
    assert_eq!(mock.calls().iter().filter(|call| *call == DESTROY).count(), 2);
}

#[tokio::test]
async fn a_destruction_that_fails_is_told() {
    let mock = mock(StatusCode::INTERNAL_SERVER_ERROR).await;
    let create = || Capsule::create("minimal").client(&mock.client());
    let outcome: Result<(), Error> = create().with(async |_| Ok(())).await;
    assert!(matches!(outcome, Err(Error::Server(_))));
}
