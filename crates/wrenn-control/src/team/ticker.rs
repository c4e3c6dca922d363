//! The task that writes statistics, usage and the use of keys to the database.

use std::{sync::Weak, time::Duration};

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use wrenn_api::Timestamp;
use wrenn_store::UsageRow;

use super::{
    stats::{FINEST, RESOLUTIONS},
    usage::day,
};
use crate::control::Inner;

/// Every so many ticks old statistics are removed.
const TRIMMED_EVERY: u32 = 60;

pub(crate) async fn run(control: Weak<Inner>, stop: CancellationToken) {
    let mut interval = tokio::time::interval(Duration::from_secs(FINEST.unsigned_abs()));
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut tick = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = interval.tick() => {}
        }
        let Some(control) = control.upgrade() else { return };
        flush(&control).await;
        if tick.is_multiple_of(TRIMMED_EVERY) {
            trim(&control).await;
        }
        tick = tick.wrapping_add(1);
    }
}

/// Writes what has come together since the last time.
pub(crate) async fn flush(control: &Inner) {
    let now = Timestamp::now();
    let mut samples = Vec::new();
    let mut amounts = Vec::new();
    for (team, peak, reserved) in control.notes.meter().take() {
        let row = UsageRow { day: day(now), cpu_ms: reserved.cpu_ms, ram_mb_ms: reserved.ram_mb_ms };
        amounts.push((team.clone(), row));
        samples.push((team, peak));
    }
    let used = control.keys.take_used();
    let store = &control.store;
    let write = async {
        if !samples.is_empty() {
            let resolutions = RESOLUTIONS.map(|(resolution, _)| resolution);
            store.add_stats(now.unix_ms() / 1_000, &resolutions, &samples).await?;
            store.add_usage(&amounts).await?;
        }
        if !used.is_empty() {
            store.touch_api_keys(&used).await?;
        }
        Ok::<_, wrenn_store::Error>(())
    };
    if let Err(error) = write.await {
        tracing::error!(error = &error as &dyn std::error::Error, "cannot save statistics");
    }
}

async fn trim(control: &Inner) {
    let now = Timestamp::now().unix_ms() / 1_000;
    for (resolution, kept) in RESOLUTIONS {
        if let Err(error) = control.store.trim_stats(resolution, now - kept).await {
            tracing::error!(error = &error as &dyn std::error::Error, "cannot trim the statistics");
        }
    }
}
