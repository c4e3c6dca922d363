//! `GET /metrics`: what the capsule uses, as seen from inside.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::Json;
use serde::Serialize;

const MIB: u64 = 1 << 20;

/// Over how long the first reading looks at the processors; later ones look back to the one before.
const FIRST_LOOK: Duration = Duration::from_millis(50);

/// The names are those of the protocol.
#[derive(Debug, Serialize)]
pub(super) struct Metrics {
    ts: u64,
    cpu_count: usize,
    cpu_used_pct: f64,
    mem_total: u64,
    mem_used: u64,
    mem_cache: u64,
    mem_total_mib: u64,
    mem_used_mib: u64,
    disk_total: u64,
    disk_used: u64,
}

/// Reads everything anew.
pub(super) async fn metrics() -> Json<Metrics> {
    let cpu_count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let cpu_used_pct = cpu_used_pct(cpu_count).await;
    let memory = Memory::read();
    let (disk_total, disk_used) = disk();
    Json(Metrics {
        ts: SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs()),
        cpu_count,
        cpu_used_pct,
        mem_total: memory.total,
        mem_used: memory.used,
        mem_cache: memory.cache,
        mem_total_mib: memory.total / MIB,
        mem_used_mib: memory.used / MIB,
        disk_total,
        disk_used,
    })
}

/// A look at the processors: when, and how long all of them together had worked.
#[derive(Debug, Clone, Copy)]
struct Look {
    at: Instant,
    busy: Duration,
}

async fn cpu_used_pct(count: usize) -> f64 {
    static LAST: Mutex<Option<Look>> = Mutex::new(None);
    let last = *LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let before = match last {
        Some(look) if look.at.elapsed() >= FIRST_LOOK => look,
        _ => {
            let look = Look { at: Instant::now(), busy: busy() };
            tokio::time::sleep(FIRST_LOOK).await;
            look
        }
    };
    let now = Look { at: Instant::now(), busy: busy() };
    *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    let elapsed = now.at.duration_since(before.at).as_secs_f64().max(0.001);
    let share = now.busy.saturating_sub(before.busy).as_secs_f64() / elapsed / count as f64 * 100.0;
    (share.clamp(0.0, 100.0) * 100.0).round() / 100.0
}

/// How long processors have worked: for this capsule where its cgroup can be seen, else for the machine.
fn busy() -> Duration {
    if let Some(usec) = read_text("/sys/fs/cgroup/cpu.stat").and_then(|text| field(&text, "usage_usec")) {
        return Duration::from_micros(usec);
    }
    for path in ["/sys/fs/cgroup/cpuacct/cpuacct.usage", "/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage"] {
        if let Some(nanos) = read_number(path) {
            return Duration::from_nanos(nanos);
        }
    }
    // user, nice, system, idle, iowait, irq, softirq, steal: in hundredths of a second.
    let line = read_text("/proc/stat").unwrap_or_default();
    let ticks: Vec<u64> =
        line.split_whitespace().skip(1).take(8).filter_map(|text| text.parse().ok()).collect();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    Duration::from_millis((ticks.iter().sum::<u64>() - idle) * 10)
}

#[derive(Debug)]
struct Memory {
    total: u64,
    used: u64,
    cache: u64,
}

impl Memory {
    fn read() -> Self {
        let text = read_text("/proc/meminfo").unwrap_or_default();
        let of = |name| field(&text, name).unwrap_or(0) * 1024;
        let total = of("MemTotal:");
        let machine = Self { total, used: total.saturating_sub(of("MemAvailable:")), cache: of("Cached:") };
        machine.limited().unwrap_or(machine)
    }

    /// The same of the capsule's own cgroup, where it can be seen.
    fn limited(&self) -> Option<Self> {
        let (limit, usage, stat, cache) = match read_number("/sys/fs/cgroup/memory.current") {
            Some(usage) => ("/sys/fs/cgroup/memory.max", usage, "/sys/fs/cgroup/memory.stat", "file"),
            None => (
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                read_number("/sys/fs/cgroup/memory/memory.usage_in_bytes")?,
                "/sys/fs/cgroup/memory/memory.stat",
                "total_cache",
            ),
        };
        let cache = read_text(stat).and_then(|text| field(&text, cache)).unwrap_or(0);
        let total = read_number(limit).unwrap_or(self.total).min(self.total);
        Some(Self { total, used: usage.saturating_sub(cache), cache })
    }
}

fn disk() -> (u64, u64) {
    let Ok(found) = rustix::fs::statvfs("/") else { return (0, 0) };
    let total = found.f_blocks * found.f_frsize;
    (total, total.saturating_sub(found.f_bfree * found.f_frsize))
}

fn read_text(path: &str) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn read_number(path: &str) -> Option<u64> {
    read_text(path)?.trim().parse().ok()
}

/// The number after `name` at the start of a line.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
