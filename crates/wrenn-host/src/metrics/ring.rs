//! A bounded series of measurements.

use std::collections::VecDeque;

/// 2020-01-01, in seconds since 1970: from here on ticks are counted.
const EPOCH: i64 = 1_577_836_800;
/// Bytes of a stored point.
pub(super) const STORED: usize = 24;
/// And of one that knows nothing of the network.
pub(super) const STORED_EARLIER: usize = 16;

/// What a capsule used at a moment, or on average until then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When, in seconds since 1970.
    pub unix: i64,
    /// Processor time, in percent of one processor.
    pub cpu_pct: f64,
    /// Memory in bytes, to the KiB.
    pub mem_bytes: u64,
    /// Disk in bytes, to the KiB.
    pub disk_bytes: u64,
    /// Bytes received over the network until then, to the KiB.
    pub net_rx_bytes: u64,
    /// Bytes sent over the network until then, to the KiB.
    pub net_tx_bytes: u64,
}

/// A point as it is kept: small, because there are 1,728 of them for each capsule.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Stored {
    /// Half seconds since the beginning of 2020.
    pub(super) tick: u32,
    pub(super) cpu_pct: f32,
    pub(super) mem_kib: u32,
    pub(super) disk_kib: u32,
    pub(super) net_rx_kib: u32,
    pub(super) net_tx_kib: u32,
}

/// The tick of a time in milliseconds since 1970.
pub(super) fn tick(unix_ms: i64) -> u32 {
    u32::try_from((unix_ms - EPOCH * 1_000).max(0) / 500).unwrap_or(u32::MAX)
}

impl Stored {
    pub(super) fn point(self) -> Point {
        Point {
            unix: EPOCH + i64::from(self.tick / 2),
            cpu_pct: f64::from(self.cpu_pct),
            mem_bytes: u64::from(self.mem_kib) * 1024,
            disk_bytes: u64::from(self.disk_kib) * 1024,
            net_rx_bytes: u64::from(self.net_rx_kib) * 1024,
            net_tx_bytes: u64::from(self.net_tx_kib) * 1024,
        }
    }

    pub(super) fn to_bytes(self) -> [u8; STORED] {
        let mut bytes = [0; STORED];
        bytes[0..4].copy_from_slice(&self.tick.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.cpu_pct.to_le_bytes());
        bytes[8..12].copy_from_slice(&self.mem_kib.to_le_bytes());
        bytes[12..16].copy_from_slice(&self.disk_kib.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.net_rx_kib.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.net_tx_kib.to_le_bytes());
        bytes
    }

    /// What is not there is 0.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let part = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        Self {
            tick: u32::from_le_bytes(part(0)),
            cpu_pct: f32::from_le_bytes(part(4)),
            mem_kib: u32::from_le_bytes(part(8)),
            disk_kib: u32::from_le_bytes(part(12)),
            net_rx_kib: u32::from_le_bytes(part(16)),
            net_tx_kib: u32::from_le_bytes(part(20)),
        }
    }
}

/// The last points of one resolution.
#[derive(Debug, Default)]
pub(super) struct Ring {
    points: VecDeque<Stored>,
}

impl Ring {
    /// Adds a point, and forgets the oldest one beyond `most`. Time only goes on: what is not newer is left out.
    pub(super) fn push(&mut self, point: Stored, most: usize) {
        if self.points.back().is_some_and(|last| last.tick >= point.tick) {
            return;
        }
        if self.points.len() >= most {
            self.points.pop_front();
        }
        self.points.push_back(point);
    }

    /// The points from a tick on, oldest first.
    pub(super) fn since(&self, tick: u32) -> impl Iterator<Item = Stored> {
        let first = self.points.partition_point(|point| point.tick < tick);
        self.points.range(first..).copied()
    }

    pub(super) fn len(&self) -> usize {
        self.points.len()
    }
}

/// The mean of the points of one bucket of time.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mean {
    bucket: u32,
    count: u32,
    cpu_pct: f64,
    mem_kib: f64,
    disk_kib: f64,
    last: Stored,
}

impl Mean {
    /// Adds a point; returns the finished mean when the point is the first of another bucket.
    pub(super) fn add(&mut self, point: Stored, ticks: u32) -> Option<Stored> {
        let bucket = point.tick / ticks;
        let finished = if bucket == self.bucket { None } else { self.so_far() };
        if bucket != self.bucket {
            *self = Self { bucket, ..Self::default() };
        }
        self.count += 1;
        self.cpu_pct += f64::from(point.cpu_pct);
        self.mem_kib += f64::from(point.mem_kib);
        self.disk_kib += f64::from(point.disk_kib);
        self.last = point;
        finished
    }

    /// The mean of what has come so far.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a mean is not above its parts"
    )]
    pub(super) fn so_far(&self) -> Option<Stored> {
        let count = f64::from(self.count);
        (self.count > 0).then(|| Stored {
            tick: self.last.tick,
            cpu_pct: (self.cpu_pct / count) as f32,
            mem_kib: (self.mem_kib / count) as u32,
            disk_kib: (self.disk_kib / count) as u32,
            // Counters, of which the latest value is the one that counts.
            net_rx_kib: self.last.net_rx_kib,
            net_tx_kib: self.last.net_tx_kib,
        })
    }
}
