use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Json, Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use wrenn::{Client, Error};

use crate::mock::{Mock, capsule, refusal};

/// A route that answers with this status so many times, and then well.
fn failing(times: usize, status: StatusCode, retry_after: &'static str) -> impl Fn() -> Response + Clone {
    let count = Arc::new(AtomicUsize::new(0));
    move || {
        if count.fetch_add(1, Ordering::SeqCst) < times {
            let headers = [("retry-after", retry_after)];
            return (status, headers, Json(refusal("host_unavailable", "Later."))).into_response();
        }
        Json(capsule("cl-1", "running")).into_response()
    }
}

async fn mock(times: usize, status: StatusCode, retry_after: &'static str) -> Mock {
    let answer = failing(times, status, retry_after);
    let route = "/v1/capsules/{id}";
    let router = Router::new()
        .route(
            route,
            get({
                let answer = answer.clone();
                move || async move { answer() }
            }),
        )
        .route("/v1/capsules/{id}/exec", post(move || async move { answer() }));
    Mock::start(router).await
}

#[tokio::test]
async fn a_read_is_tried_again_until_it_succeeds() {
    let mock = mock(2, StatusCode::SERVICE_UNAVAILABLE, "").await;
    mock.client().capsule("cl-1").info().await.expect("the third answer");
    assert_eq!(mock.calls().len(), 3);
}

#[tokio::test]
async fn the_number_of_tries_is_bounded_and_chosen() {
    for (retries, calls) in [(0, 1), (2, 3), (4, 5)] {
        let mock = mock(99, StatusCode::BAD_GATEWAY, "").await;
        let client = Client::builder()
            .api_key("k")
            .base_url(&mock.url)
            .max_retries(retries)
            .build()
            .expect("a client");
        let error = client.capsule("cl-1").info().await.expect_err("never well");
        assert!(matches!(error, Error::Server(_)));
        assert_eq!(mock.calls().len(), calls);
    }
}

#[tokio::test]
async fn a_command_is_never_run_twice() {
    let mock = mock(1, StatusCode::SERVICE_UNAVAILABLE, "0").await;
    let error = mock.client().capsule("cl-1").commands().exec("date").await.expect_err("refused");
    assert!(matches!(error, Error::Server(_)));
    assert_eq!(mock.calls(), ["POST /v1/capsules/cl-1/exec"]);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_obeyed() {
    let mock = mock(1, StatusCode::TOO_MANY_REQUESTS, "1").await;
    let started = std::time::Instant::now();
    mock.client().capsule("cl-1").info().await.expect("the second answer");
    assert!(started.elapsed().as_millis() >= 1_000);
}

#[tokio::test]
async fn a_server_that_asks_to_wait_for_long_leaves_it_to_the_caller() {
    let mock = mock(1, StatusCode::TOO_MANY_REQUESTS, "3600").await;
    let error = mock.client().capsule("cl-1").info().await.expect_err("refused");
    let Error::RateLimited { retry_after, .. } = error else { panic!("wrong kind") };
    assert_eq!(retry_after.expect("told").as_secs(), 3600);
    assert_eq!(mock.calls().len(), 1);
}

#[tokio::test]
async fn a_refusal_that_will_not_change_is_not_tried_again() {
    let mock = mock(9, StatusCode::CONFLICT, "").await;
    let error = mock.client().capsule("cl-1").info().await.expect_err("refused");
    assert!(matches!(error, Error::Conflict(_)));
    assert_eq!(mock.calls().len(), 1);
}
