//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// How long a condition may take on a loaded machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks `condition` again and again until it answers something.
///
/// # Panics
/// When it has not done so after a minute; `what` is said then.
pub async fn eventually<T, F>(what: &str, mut condition: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let started = Instant::now();
    loop {
        if let Some(answer) = condition().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "after {PATIENCE:?} still not: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Awaits `future`, for a minute at most.
///
/// # Panics
/// When it takes longer; `what` is said then.
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(answer) => answer,
        Err(_) => panic!("after {PATIENCE:?} still not: {what}"),
    }
}
