//! One request and its whole answer, without a connection.

use std::{sync::LazyLock, time::Duration};

use axum::body::{Body, Bytes, to_bytes};
use http::{Request, response::Parts};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

use crate::{
    agent::{Agent, Settings},
    router,
};

/// An answer that takes longer will never come.
const PATIENCE: Duration = Duration::from_secs(50);

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_all().build().expect("a runtime can be made"));

/// What an agent that knows nothing of earlier requests answers.
pub(super) fn exchange(request: Request<Body>) -> (Parts, Bytes) {
    let router = router::router(&Agent::new(Settings::default()));
    let exchange = async {
        let (parts, body) = router.oneshot(request).await.expect("the router cannot fail").into_parts();
        (parts, to_bytes(body, usize::MAX).await.expect("the answer is whole"))
    };
    RUNTIME.block_on(async { tokio::time::timeout(PATIENCE, exchange).await }).expect("there is an answer")
}

/// Any bytes as a value in a query.
pub(super) fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}
