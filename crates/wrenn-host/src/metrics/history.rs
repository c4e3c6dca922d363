//! What was measured of one capsule.

use std::time::Duration;

use wrenn_runtime::Usage;

use super::ring::{Mean, Point, Ring, STORED, STORED_EARLIER, Stored, tick};

/// How many points of each resolution are kept: 10 minutes of half seconds, 2 hours of 30 s, 24 hours of 5 min.
const KEPT: [usize; 3] = [1_200, 240, 288];
/// The length of the means' buckets in ticks of half a second.
const BUCKETS: [u32; 2] = [60, 600];
/// How long ranges the first two resolutions answer, in seconds.
const ANSWERED: [u64; 2] = [600, 7_200];

/// A file of measurements begins with this; the last digit is the version of its form.
const MAGIC: &[u8; 8] = b"wrenn-m2";
/// What earlier versions wrote, without the network.
const EARLIER: &[u8; 8] = b"wrenn-m1";

/// Readings below this share of a processor, in percent, so many times in a row, mean that the capsule is quiet.
const QUIET_PCT: f64 = 0.5;
const QUIET_AFTER: u32 = 20;
/// A quiet capsule is read only at every so many ticks.
pub(crate) const QUIET_EVERY: u32 = 4;

/// The measurements of one capsule, in bounded memory: at most 42 KiB.
#[derive(Debug, Default)]
pub(crate) struct History {
    rings: [Ring; 3],
    means: [Mean; 2],
    last: Option<Reading>,
    quiet: u32,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    unix_ms: i64,
    usage: Usage,
    point: Stored,
}

impl History {
    /// Takes up a reading of a running capsule.
    pub(crate) fn add(&mut self, unix_ms: i64, usage: Usage) {
        let cpu_pct = match &self.last {
            Some(last) if unix_ms > last.unix_ms => {
                let used = usage.cpu.saturating_sub(last.usage.cpu).as_secs_f64();
                let elapsed = Duration::from_millis((unix_ms - last.unix_ms).unsigned_abs());
                used / elapsed.as_secs_f64() * 100.0
            }
            // Of the very first moments only the sum is known.
            Some(_) | None => 0.0,
        };
        self.quiet = if cpu_pct < QUIET_PCT { self.quiet.saturating_add(1) } else { 0 };
        self.extend(unix_ms, cpu_pct, usage);
    }

    /// Takes up that a frozen capsule uses what it did, and no processor.
    pub(crate) fn add_paused(&mut self, unix_ms: i64, keeps_memory: bool) {
        let Some(last) = self.last else { return };
        let memory_bytes = if keeps_memory { last.usage.memory_bytes } else { 0 };
        self.extend(unix_ms, 0.0, Usage { memory_bytes, ..last.usage });
    }

    /// Whether the capsule does so little that it need not be read at every tick.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet >= QUIET_AFTER
    }

    /// Expects the capsule to do something.
    pub(crate) fn rouse(&mut self) {
        self.quiet = 0;
    }

    /// The kernel's count of processes killed for want of memory, as last read.
    pub(crate) fn oom_kills(&self) -> Option<u64> {
        self.last.map(|last| last.usage.oom_kills)
    }

    /// The points of the last `seconds`, in the resolution that goes with such a range.
    pub(crate) fn points(&self, now_ms: i64, seconds: u64) -> Vec<Point> {
        let since = tick(now_ms).saturating_sub(u32::try_from(seconds * 2).unwrap_or(u32::MAX));
        let which = ANSWERED.iter().position(|&answered| seconds <= answered).unwrap_or(2);
        let unfinished = which.checked_sub(1).and_then(|mean| self.means[mean].so_far());
        let newest = unfinished.filter(|point| point.tick >= since);
        self.rings[which].since(since).chain(newest).map(Stored::point).collect()
    }

    /// The measurements as a file.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + STORED * self.rings.iter().map(Ring::len).sum::<usize>());
        bytes.extend_from_slice(MAGIC);
        for ring in &self.rings {
            bytes.extend_from_slice(&u32::try_from(ring.len()).unwrap_or(0).to_le_bytes());
            for point in ring.since(0) {
                bytes.extend_from_slice(&point.to_bytes());
            }
        }
        bytes
    }

    /// Reads a file of measurements; what cannot be read is left out.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut history = Self::default();
        let (mut rest, size) = match (bytes.strip_prefix(MAGIC), bytes.strip_prefix(EARLIER)) {
            (Some(rest), _) => (rest, STORED),
            (None, Some(rest)) => (rest, STORED_EARLIER),
            (None, None) => return history,
        };
        for (ring, most) in history.rings.iter_mut().zip(KEPT) {
            let Some((count, after)) = rest.split_first_chunk::<4>() else { break };
            rest = after;
            for _ in 0..u32::from_le_bytes(*count) {
                let Some((point, after)) = rest.split_at_checked(size) else { return history };
                rest = after;
                ring.push(Stored::from_bytes(point), most);
            }
        }
        history
    }

    #[expect(clippy::cast_possible_truncation, reason = "a percentage needs no more")]
    fn extend(&mut self, unix_ms: i64, cpu_pct: f64, usage: Usage) {
        let kib = |bytes: u64| u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
        let point = Stored {
            tick: tick(unix_ms),
            cpu_pct: cpu_pct as f32,
            mem_kib: kib(usage.memory_bytes),
            disk_kib: kib(usage.disk_bytes),
            net_rx_kib: kib(usage.net_rx_bytes),
            net_tx_kib: kib(usage.net_tx_bytes),
        };
        // Ticks at which a quiet capsule was not read were like this one.
        let skipped = match &self.last {
            Some(last) if point.tick.saturating_sub(last.point.tick) <= QUIET_EVERY => last.point.tick + 1,
            Some(_) | None => point.tick,
        };
        for tick in skipped..=point.tick {
            self.push(Stored { tick, ..point });
        }
        self.last = Some(Reading { unix_ms, usage, point });
    }

    fn push(&mut self, point: Stored) {
        self.rings[0].push(point, KEPT[0]);
        for ((ring, mean), (ticks, most)) in
            self.rings[1..].iter_mut().zip(&mut self.means).zip(BUCKETS.into_iter().zip(&KEPT[1..]))
        {
            if let Some(finished) = mean.add(point, ticks) {
                ring.push(finished, *most);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_800_000_000_000;

    fn usage(cpu_ms: u64, memory_kib: u64) -> Usage {
        Usage {
            cpu: Duration::from_millis(cpu_ms),
            memory_bytes: memory_kib * 1024,
            disk_bytes: 2048,
            oom_kills: 0,
            net_rx_bytes: memory_kib * 2048,
            net_tx_bytes: memory_kib * 3072,
        }
    }

    /// A day and an hour at half of one processor, with one KiB more at every tick.
    fn a_long_day() -> (History, i64) {
        let mut history = History::default();
        let ticks = 25 * 3600 * 2;
        for n in 0..=ticks {
            history.add(START + n * 500, usage(n.unsigned_abs() * 250, n.unsigned_abs()));
        }
        (history, START + ticks * 500)
    }

    #[test]
    fn each_range_has_its_resolution_and_memory_stays_bounded() {
        let (history, now) = a_long_day();
        for (seconds, step, count) in
            [(300, 0, 601), (600, 0, 1_200), (3_600, 30, 121), (7_200, 30, 241), (86_400, 300, 289)]
        {
            let points = history.points(now, seconds);
            assert!(points.len().abs_diff(count) <= 1, "{seconds} s: {} points", points.len());
            assert!(points.iter().all(|point| (point.cpu_pct - 50.0).abs() < 0.1));
            assert!(points.is_sorted_by_key(|point| point.unix));
            if step > 0 {
                // The newest one is not finished.
                let finished = &points[..points.len() - 1];
                assert!(finished.windows(2).all(|pair| pair[1].unix - pair[0].unix == step));
            }
        }
        assert!(history.to_bytes().len() < 42 * 1024);
    }

    #[test]
    fn a_mean_lies_in_the_middle_of_what_it_stands_for() {
        let (history, now) = a_long_day();
        let points = history.points(now, 86_400);
        let grown = points[101].mem_bytes - points[100].mem_bytes;
        assert_eq!(grown, 600 * 1024, "one KiB at each of the bucket's ticks");
        // A counter's value is that of the moment, not a mean.
        let received = points[101].net_rx_bytes - points[100].net_rx_bytes;
        assert_eq!((received, points[101].net_rx_bytes % 2_048), (1_200 * 1024, 0));
    }

    #[test]
    fn what_an_earlier_version_saved_is_read() {
        let mut bytes = EARLIER.to_vec();
        bytes.extend_from_slice(&1_u32.to_le_bytes());
        let point = Stored { tick: tick(START), cpu_pct: 5.0, mem_kib: 6, ..Stored::default() };
        bytes.extend_from_slice(&point.to_bytes()[..STORED_EARLIER]);
        bytes.extend_from_slice(&[0; 8]);
        let points = History::from_bytes(&bytes).points(START, 300);
        assert_eq!(
            points.iter().map(|point| (point.mem_bytes, point.net_rx_bytes)).collect::<Vec<_>>(),
            [(6_144, 0)]
        );
    }

    #[test]
    fn a_young_capsule_has_points_in_every_range() {
        let mut history = History::default();
        for n in 0..4 {
            history.add(START + n * 500, usage(0, 5));
        }
        for seconds in [300, 3_600, 86_400] {
            assert!(!history.points(START + 2_000, seconds).is_empty(), "{seconds} s");
        }
    }

    #[test]
    fn what_was_saved_is_there_again() {
        let (history, now) = a_long_day();
        let bytes = history.to_bytes();
        let read = History::from_bytes(&bytes);
        assert_eq!(read.points(now, 600), history.points(now, 600));
        assert_eq!(read.to_bytes(), bytes);
        for end in [0, 5, 8, 11, 20, bytes.len() - 1] {
            assert!(History::from_bytes(&bytes[..end]).to_bytes().len() <= bytes.len());
        }
    }

    #[test]
    fn a_quiet_capsule_is_read_seldom_but_shown_in_full() {
        let mut history = History::default();
        for n in 0..=21 {
            history.add(START + n * 500, usage(0, 5));
        }
        assert!(history.is_quiet());
        history.add(START + 25 * 500, usage(1_000, 5));
        assert!(!history.is_quiet(), "it did something");
        assert_eq!(history.points(START + 25 * 500, 300).len(), 26);
    }

    #[test]
    fn a_paused_capsule_uses_no_processor_and_keeps_its_memory() {
        let mut history = History::default();
        history.add(START, usage(0, 5));
        history.add_paused(START + 500, true);
        history.add_paused(START + 1_000, false);
        let points = history.points(START + 1_000, 300);
        assert_eq!(points.iter().map(|point| point.mem_bytes).collect::<Vec<_>>(), [5_120, 5_120, 0]);
        assert!(points.iter().all(|point| point.cpu_pct == 0.0 && point.disk_bytes == 2_048));
    }
}
