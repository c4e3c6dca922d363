//! What every [`Runtime`] must show: one function for each behaviour, to be called by a runtime's tests.
//!
//! A function panics when the behaviour is not as it must be. What it made is gone afterwards, also then.

mod capsule;
pub mod concurrency;
pub mod failure;
pub mod forks;
pub mod freezing;
pub mod isolation;
pub mod lifecycle;
pub mod limits;
pub mod snapshots;

use std::{sync::Arc, time::Duration};

pub use capsule::{Capsule, Output};

use crate::runtime::{CapsuleSpec, Runtime};

/// A runtime under test, and what the tests need around it.
pub trait Subject: Send + Sync {
    /// The runtime as a new process would make it: nothing known but what is on disk.
    fn runtime(&self) -> Arc<dyn Runtime>;

    /// A new capsule's specification: its directory is there, its id and its range of ids are nobody else's, one
    /// processor, 256 MiB, 256 processes. The layers hold a Debian with `bash`, `python3`, `sudo` and a user `user`
    /// (1000).
    fn spec(&self) -> CapsuleSpec;

    /// Kills the capsule from outside, as a crash would, without telling the runtime.
    fn crash(&self, spec: &CapsuleSpec);

    /// Names everything that there still is of the capsule on this machine, its own directory apart.
    fn remains(&self, spec: &CapsuleSpec) -> Vec<String>;
}

/// How long anything that must come about may take. Only a failing test ever waits that long.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until `condition` holds.
pub async fn eventually<F, Fut>(what: &str, mut condition: F)
where
    F: FnMut() -> Fut,
    Fut: Future<Output = bool>,
{
    let end = tokio::time::Instant::now() + PATIENCE;
    while !condition().await {
        assert!(tokio::time::Instant::now() < end, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
