use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, routing::get};
use wrenn::{CapsuleStatus, Error};

use crate::mock::{Mock, capsule, eventually};

/// A capsule that goes through these states, look by look, and stays in the last.
async fn mock(states: &'static [&'static str]) -> Mock {
    let looks = Arc::new(AtomicUsize::new(0));
    let answer = move || {
        let look = looks.fetch_add(1, Ordering::SeqCst).min(states.len() - 1);
        async move { Json(capsule("cl-1", states[look])) }
    };
    Mock::start(Router::new().route("/v1/capsules/{id}", get(answer))).await
}

#[tokio::test]
async fn it_waits_through_the_states_on_the_way() {
    let mock = mock(&["pending", "starting", "resuming", "running"]).await;
    let info = mock.client().capsule("cl-1").wait_for_ready().await.expect("ready");
    assert_eq!(info.status, CapsuleStatus::Running);
    assert_eq!(mock.calls().len(), 4);
}

#[tokio::test]
async fn what_will_not_run_is_not_waited_for() {
    for (states, expected) in [(["paused"], CapsuleStatus::Paused), (["stopped"], CapsuleStatus::Stopped)] {
        let mock = mock(Box::leak(Box::new(states))).await;
        let error = mock.client().capsule("cl-1").wait_for_ready().await.expect_err("not ready");
        let Error::NotReady { status, .. } = error else { panic!("wrong kind") };
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn its_time_is_limited() {
    let mock = mock(&["starting"]).await;
    let outcome = mock.client().capsule("cl-1").wait_for_ready_within(Duration::from_millis(80)).await;
    assert!(matches!(outcome, Err(Error::Timeout { .. })));
}

#[tokio::test]
async fn dropping_the_future_ends_the_call_that_is_under_way() {
    /// Tells when the server's side of a call is given up.
    struct Guard(Arc<AtomicUsize>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let given_up = Arc::new(AtomicUsize::new(0));
    let counter = given_up.clone();
    let never = move || {
        let guard = Guard(counter.clone());
        async move {
            std::future::pending::<()>().await;
            drop(guard);
        }
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}", get(never))).await;
    let capsule = mock.client().capsule("cl-1");
    tokio::select! {
        _ = capsule.wait_for_ready() => panic!("it is not ready"),
        () = mock.wait_for_calls(1) => {}
    }
    eventually(|| given_up.load(Ordering::SeqCst) == 1).await;
}
