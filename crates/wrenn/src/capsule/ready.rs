//! Waiting for a capsule.

use std::time::Duration;

use super::Capsule;
use crate::{CapsuleStatus, Error, Result, api};

/// How long a capsule may take to become ready when nothing else is said.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);
/// Between the first two looks at it; later ones are further apart.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
/// Between any two looks at it, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

impl Capsule {
    /// Waits until the capsule runs and what its template starts with it is ready, up to a minute. Drop the future to
    /// stop waiting.
    ///
    /// One that is paused, stopped or failed will not run by itself: [`Error::NotReady`] then, at once. Also at once
    /// [`Error::StartFailed`], when what its template starts with it has failed; the capsule runs all the same.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule, stop: tokio::sync::oneshot::Receiver<()>) -> wrenn::Result<()> {
    /// tokio::select! {
    ///     ready = capsule.wait_for_ready() => println!("{}", ready?.status),
    ///     _ = stop => println!("no longer interested"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_for_ready(&self) -> Result<api::Capsule> {
        self.wait_for_ready_within(DEFAULT_PATIENCE).await
    }

    /// [`Capsule::wait_for_ready`] with a time limit of one's own, after which it is [`Error::Timeout`].
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.wait_for_ready_within(std::time::Duration::from_secs(5)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn wait_for_ready_within(&self, limit: Duration) -> Result<api::Capsule> {
        let timed_out = |_| Error::Timeout { operation: self.operation("wait for"), after: limit };
        tokio::time::timeout(limit, self.look_until_ready()).await.map_err(timed_out)?
    }

    async fn look_until_ready(&self) -> Result<api::Capsule> {
        let mut pause = FIRST_PAUSE;
        loop {
            let info = self.info().await?;
            match info.status {
                CapsuleStatus::Running if info.ready => return Ok(info),
                CapsuleStatus::Running => {
                    if let Some(reason) = info.start_error {
                        return Err(Error::StartFailed { capsule: self.id().to_owned(), reason });
                    }
                }
                CapsuleStatus::Pending | CapsuleStatus::Starting | CapsuleStatus::Resuming => {}
                CapsuleStatus::Pausing
                | CapsuleStatus::Paused
                | CapsuleStatus::Hibernated
                | CapsuleStatus::Stopping
                | CapsuleStatus::Stopped
                | CapsuleStatus::Missing
                | CapsuleStatus::Error => {
                    return Err(Error::NotReady { capsule: self.id().to_owned(), status: info.status });
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 3 / 2).min(LONGEST_PAUSE);
        }
    }
}
