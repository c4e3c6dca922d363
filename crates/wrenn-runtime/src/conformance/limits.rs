//! What a capsule may use.

use std::time::{Duration, Instant};

use super::{Capsule, Subject, eventually};

/// A process that takes more memory than there is is killed and counted; the capsule lives on.
pub async fn memory_is_limited(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    assert_eq!(capsule.runtime.usage(&capsule.spec).await.unwrap().oom_kills, 0);
    let output = capsule.run("exec python3 -c 'x = bytearray(1 << 30)'").await;
    assert!(output.code == -1 || output.code == 137, "killed: {output:?}");
    let usage = capsule.runtime.usage(&capsule.spec).await.unwrap();
    assert!(usage.oom_kills >= 1, "{usage:?}");
    assert!(usage.memory_bytes < 256 << 20, "{usage:?}");
    assert_eq!(capsule.must("echo alive").await, "alive");
    capsule.destroy().await;
}

/// Files that are read and written do not count as used memory for long, and never end a capsule.
pub async fn file_cache_gives_way(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    capsule.must("head -c 400000000 /dev/zero > /root/file && cat /root/file > /dev/null").await;
    let usage = capsule.runtime.usage(&capsule.spec).await.unwrap();
    assert_eq!(usage.oom_kills, 0);
    capsule.destroy().await;
}

/// A bomb of processes ends at the limit; when it is over, commands run again.
pub async fn processes_are_limited(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let bomb = "for i in $(seq 1000); do sleep 1000 > /dev/null 2>&1 & done";
    let output = capsule.run(&format!("({bomb}) 2>&1 | grep -c -i resource; pkill sleep; true")).await;
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.trim().parse::<u32>().unwrap_or(0) > 0, "the limit was met: {output:?}");
    eventually("commands run again", || async { capsule.run("true").await.code == 0 }).await;
    capsule.destroy().await;
}

/// Two busy loops in a capsule with one processor take no more than one processor's time.
pub async fn processor_time_is_limited(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let before = capsule.runtime.usage(&capsule.spec).await.unwrap().cpu;
    let start = Instant::now();
    capsule.run("timeout 2 sh -c 'while :; do :; done' & timeout 2 sh -c 'while :; do :; done'; wait").await;
    let used = capsule.runtime.usage(&capsule.spec).await.unwrap().cpu - before;
    let passed = start.elapsed();
    assert!(used > Duration::from_millis(50), "{used:?}");
    // A period's worth may be used ahead.
    assert!(used < passed + Duration::from_millis(400), "{used:?} in {passed:?}");
    capsule.destroy().await;
}

/// The size of what was written is reported.
pub async fn disk_use_is_reported(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    capsule.must("head -c 20000000 /dev/urandom > /root/file && sync /root/file").await;
    // The first reading is never an old one.
    let usage = subject.runtime().usage(&capsule.spec).await.unwrap();
    assert!((19_000_000..40_000_000).contains(&usage.disk_bytes), "{usage:?}");
    capsule.destroy().await;
}
