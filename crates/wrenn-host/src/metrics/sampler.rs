//! The one task that reads what all capsules use.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use futures_util::StreamExt as _;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use wrenn_api::Timestamp;

use super::history::{History, QUIET_EVERY};
use crate::{
    State,
    capsule::{Deps, Handle},
    disk,
};

const PERIOD: Duration = Duration::from_millis(500);
/// Capsules that are read at a time: enough to hide a slow one.
const AT_ONCE: usize = 4;
/// Every so many ticks the measurements of each capsule are written down: 60 s.
const SAVED_EVERY: u32 = 120;
/// Every so many ticks it is written down when capsules with a timeout were last used: 5 s.
const ACTIVITY_EVERY: u32 = 10;

const METRICS: &str = "metrics.bin";
const LAST_ACTIVE: &str = "last-active";

pub(crate) struct Sampler {
    pub(crate) deps: Arc<Deps>,
}

/// A file to write.
struct Save {
    dir: PathBuf,
    name: &'static str,
    content: Vec<u8>,
}

impl History {
    /// Reads what an earlier host wrote down.
    pub(crate) fn load(dir: &Path) -> Self {
        std::fs::read(dir.join(METRICS)).map_or_else(|_| Self::default(), |bytes| Self::from_bytes(&bytes))
    }
}

/// When a capsule was last used, as far as an earlier host wrote it down.
pub(crate) fn read_last_active(dir: &Path) -> Option<Timestamp> {
    let text = std::fs::read_to_string(dir.join(LAST_ACTIVE)).ok()?;
    text.trim().parse().ok().map(Timestamp::from_unix_ms)
}

impl Sampler {
    /// Reads until it is told to stop; then writes down what is only in memory.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut interval = tokio::time::interval(PERIOD);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut tick: u32 = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = interval.tick() => {}
            }
            tick = tick.wrapping_add(1);
            self.read_all(tick).await;
            self.save(tick).await;
        }
        let all = self.deps.capsules.all();
        let saves =
            all.iter().flat_map(|capsule| [metrics(capsule), last_active(capsule)]).flatten().collect();
        write_all(saves).await;
    }

    async fn read_all(&self, tick: u32) {
        let due = self.deps.capsules.all().into_iter().enumerate().filter_map(|(n, capsule)| {
            let turn = tick.wrapping_add(u32::try_from(n).unwrap_or(0));
            match capsule.view_state() {
                State::Running => {
                    let skip = capsule.history().is_quiet() && !turn.is_multiple_of(QUIET_EVERY);
                    (!skip).then_some(capsule)
                }
                State::Paused => {
                    let keeps_memory = capsule.runtime.capabilities().paused_keeps_memory;
                    capsule.history().add_paused(Timestamp::now().unix_ms(), keeps_memory);
                    None
                }
                State::Starting
                | State::Pausing
                | State::Resuming
                | State::Stopping
                | State::Stopped
                | State::Failed => None,
            }
        });
        futures_util::stream::iter(due)
            .for_each_concurrent(AT_ONCE, |capsule| async move {
                let spec = capsule.spec();
                // A capsule that ends at this very moment cannot be read, and nobody misses it.
                if let Ok(mut usage) = capsule.runtime.usage(&spec).await {
                    let traffic = capsule.traffic(&self.deps);
                    (usage.net_rx_bytes, usage.net_tx_bytes) = (traffic.received, traffic.sent);
                    capsule.history().add(Timestamp::now().unix_ms(), usage);
                }
            })
            .await;
    }

    async fn save(&self, tick: u32) {
        let mut saves = Vec::new();
        for (n, capsule) in self.deps.capsules.all().iter().enumerate() {
            let turn = tick.wrapping_add(u32::try_from(n).unwrap_or(0));
            if turn.is_multiple_of(SAVED_EVERY) {
                saves.extend(metrics(capsule));
            }
            if turn.is_multiple_of(ACTIVITY_EVERY) {
                saves.extend(last_active(capsule));
            }
        }
        if !saves.is_empty() {
            write_all(saves).await;
        }
    }
}

fn metrics(capsule: &Handle) -> Option<Save> {
    is_kept(capsule).then(|| Save {
        dir: capsule.spec().dir.clone(),
        name: METRICS,
        content: capsule.history().to_bytes(),
    })
}

fn last_active(capsule: &Handle) -> Option<Save> {
    let content = is_kept(capsule).then(|| capsule.unsaved_activity())??;
    Some(Save { dir: capsule.spec().dir.clone(), name: LAST_ACTIVE, content: content.to_string().into() })
}

/// Nothing is written any more into the directory of a capsule that is about to go.
fn is_kept(capsule: &Handle) -> bool {
    matches!(capsule.view_state(), State::Running | State::Pausing | State::Paused | State::Resuming)
}

async fn write_all(saves: Vec<Save>) {
    let written = disk::blocking(move || {
        for Save { dir, name, content } in saves {
            // A capsule that went meanwhile has no directory, and a full disk costs only history.
            if let Err(error) = disk::replace(&dir, name, &content) {
                tracing::debug!(path = %dir.join(name).display(), %error, "cannot save measurements");
            }
        }
        Ok(())
    });
    written.await.ok();
}
