//! A team's capsules over a time.

use std::collections::HashMap;

use wrenn_api::{CapsuleStats, CurrentStats, PeakStats, StatsRange, StatsSeries, TeamId, Timestamp};
use wrenn_store::Sample;

use super::meter::highest;
use crate::{Control, Result};

/// The finest resolution, in seconds.
pub(super) const FINEST: i64 = 10;
const MIDDLE: i64 = 300;
const COARSE: i64 = 3_600;
const DAY: i64 = 24 * 3_600;

/// The lengths of buckets, and for how long they are kept, in seconds.
pub(super) const RESOLUTIONS: [(i64, i64); 3] =
    [(FINEST, 2 * 3_600), (MIDDLE, DAY + 3_600), (COARSE, 31 * DAY)];

impl Control {
    /// How many capsules a team runs, with how much reserved: now, at most, and over a time.
    pub async fn capsule_stats(&self, team: &TeamId, range: StatsRange) -> Result<CapsuleStats> {
        let now = Timestamp::now();
        let seconds = now.unix_ms().div_euclid(1_000);
        let resolution = match range {
            StatsRange::FiveMinutes | StatsRange::OneHour => FINEST,
            StatsRange::SixHours | StatsRange::OneDay => MIDDLE,
            StatsRange::ThirtyDays => COARSE,
        };
        let current = self.inner.notes.meter().current(team);
        let first = bucket(seconds - i64::try_from(range.seconds()).unwrap_or(DAY), resolution) + resolution;
        let last = bucket(seconds, resolution);
        let rows = self.inner.store.stats(team, resolution, first).await?;
        let mut buckets: HashMap<i64, Sample> =
            rows.into_iter().map(|row| (row.bucket, row.sample)).collect();
        let unfinished = buckets.entry(last).or_default();
        *unfinished = highest(*unfinished, current);
        let peak = buckets.values().copied().fold(Sample::default(), highest);
        let mut series = StatsSeries::default();
        for at in (first..=last).step_by(usize::try_from(resolution).unwrap_or(1)) {
            let sample = buckets.get(&at).copied().unwrap_or_default();
            series.labels.push(Timestamp::from_unix_ms(at * 1_000));
            series.running.push(sample.running);
            series.vcpus.push(sample.vcpus);
            series.memory_mb.push(sample.memory_mb);
        }
        Ok(CapsuleStats {
            range,
            current: CurrentStats {
                running_count: current.running,
                vcpus_reserved: current.vcpus,
                memory_mb_reserved: current.memory_mb,
                sampled_at: Some(now),
            },
            peaks: PeakStats { running_count: peak.running, vcpus: peak.vcpus, memory_mb: peak.memory_mb },
            series,
        })
    }
}

fn bucket(seconds: i64, resolution: i64) -> i64 {
    seconds.div_euclid(resolution) * resolution
}
