//! The end of a capsule: nothing of it is left, and it is known how it ended.

use std::{error::Error, time::Duration};

use wrenn_runtime::CapsuleSpec;

use super::owner::{Ending, Owner};
use crate::{State, disk};

/// Pauses between attempts to remove a capsule; the last one is repeated.
const RETRIES: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(30)];

impl Owner {
    pub(super) async fn end(mut self, ending: Ending) {
        match ending {
            Ending::Destroyed => {
                self.enter(State::Stopping);
                self.note().await;
                self.remove().await;
                self.enter(State::Stopped);
                self.report().await;
            }
            Ending::Failed(reason) => {
                self.fail(&reason);
                self.note().await;
                self.remove().await;
                self.report().await;
            }
            Ending::NeverMade(waiting) => {
                self.fail(waiting.as_ref().map_or("it was not finished", |_| "it could not be made"));
                self.remove().await;
                self.clear().await;
                let Some((reply, error)) = waiting else { return };
                // One who was shown the capsule in the making and has gone since will look for it.
                let untold = reply.send(Err(error)).is_err() || self.shared.lock().announced;
                if untold && let Err(error) = self.deps.observer.ended(&self.shared.view()).await {
                    tracing::error!(id = %self.handle.id, error = &*error, "cannot report a capsule's end");
                }
            }
        }
    }

    fn fail(&self, reason: &str) {
        tracing::warn!(id = %self.handle.id, reason, "a capsule failed");
        {
            let mut shared = self.shared.lock();
            shared.ending = Some(reason.to_owned());
            shared.record.reason = Some(reason.to_owned());
        }
        self.enter(State::Failed);
    }

    /// Writes down that the capsule has to go, so that a host that is killed now is followed by one that goes on.
    async fn note(&self) {
        let record = self.shared.lock().record.clone();
        // Should it fail, a killed host would bring the capsule back: a lesser evil than to leave it running now.
        if let Err(error) = disk::write_record(&record).await {
            self.log(&error, "cannot note a capsule's end");
        }
    }

    /// Ends what the runtime has of it, however often that takes.
    async fn remove(&mut self) {
        self.shared.unusable.cancel();
        let spec = self.handle.spec();
        let mut attempt = 0;
        while let Err(error) = self.handle.runtime.destroy(&spec).await {
            self.log(&error, "cannot remove a capsule yet");
            tokio::time::sleep(RETRIES[attempt]).await;
            attempt = (attempt + 1).min(RETRIES.len() - 1);
        }
        self.disconnect();
    }

    /// Tells how it ended, and only then forgets it.
    async fn report(&self) {
        if let Err(error) = self.deps.observer.ended(&self.shared.view()).await {
            self.log(&*error, "cannot report a capsule's end; the next start will");
            self.note().await;
            self.release(&self.handle.spec());
            self.shared.gone.cancel();
            return;
        }
        self.clear().await;
    }

    async fn clear(&self) {
        let spec = self.handle.spec();
        self.release(&spec);
        if let Err(error) = disk::remove_dir(&spec.dir).await {
            self.log(&error, "cannot remove a capsule's directory");
        }
        self.deps.capsules.remove(&self.handle.id);
        self.shared.gone.cancel();
    }

    fn release(&self, spec: &CapsuleSpec) {
        if let Err(error) = self.deps.ids.release(spec.first_id, &spec.dir) {
            self.log(&error, "cannot release a capsule's user ids");
        }
    }

    fn log(&self, error: &(dyn Error + 'static), message: &'static str) {
        tracing::error!(id = %self.handle.id, error, "{message}");
    }
}
