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

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

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

/// The usual specification of a capsule in the directory `dir`, in which one of its own is made.
pub fn spec_in(dir: &Path, layers: &[PathBuf], id: String, first_id: u32) -> CapsuleSpec {
    let dir = dir.join(&id);
    std::fs::create_dir(&dir).expect("the capsule's directory can be made");
    CapsuleSpec {
        hostname: id.clone(),
        id,
        dir,
        layers: layers.to_vec(),
        vcpus: 1,
        memory_mb: 256,
        max_pids: 256,
        first_id,
    }
}

/// A test for each behaviour, of the same name: `shows!(Subject; module: behaviour, behaviour; module: behaviour;)`.
#[macro_export]
macro_rules! shows {
    ($subject:ty; $($module:ident: $($behaviour:ident),+;)+) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $behaviour() {
                $crate::conformance::$module::$behaviour(&<$subject>::new().await).await;
            }
        )+)+
    };
}

/// How long anything that must come about may take. Only a failing test ever waits that long.
pub const PATIENCE: Duration = Duration::from_secs(300);

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
