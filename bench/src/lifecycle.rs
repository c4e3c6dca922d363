//! Pause, resume, snapshot, and what capsules cost that do nothing.

use std::{fs, path::Path, time::Instant};

use futures_util::future::join_all;
use wrenn::{Capsule, Client};

use crate::{
    report::{Report, Row},
    series::Series,
};

pub(crate) async fn measure(client: &Client, report: &mut Report) -> anyhow::Result<()> {
    let capsule = client.create_capsule("minimal").await?;
    capsule.files().write("/root/file", vec![7_u8; 10 << 20]).await?;
    let (mut pause, mut resume, mut snapshot) = (Series::default(), Series::default(), Series::default());
    for _ in 0..50 {
        let started = Instant::now();
        capsule.pause().await?;
        pause.push(started.elapsed());
        let started = Instant::now();
        capsule.resume().await?;
        resume.push(started.elapsed());
    }
    for _ in 0..10 {
        let started = Instant::now();
        client.snapshots().create(&capsule).name("bench").overwrite(true).await?;
        snapshot.push(started.elapsed());
    }
    client.snapshots().delete("bench").await?;
    capsule.destroy().await?;
    report.add(Row::times("pause", &pause));
    report.add(Row::times("resume", &resume));
    report.add(Row::times("snapshot with 10 MiB written", &snapshot));
    Ok(())
}

/// Memory that each of `count` idle capsules takes of the machine, all its processes counted by their fair share.
pub(crate) async fn idle_memory(
    client: &Client,
    data_dir: &Path,
    count: usize,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut capsules = Vec::new();
    for _ in 0..count {
        capsules.push(client.create_capsule("minimal").await?);
    }
    let mut shares: Vec<f64> =
        capsules.iter().map(|capsule| proportional_mb(&group(data_dir, capsule.id()))).collect();
    shares.sort_by(f64::total_cmp);
    report.add(Row::single(format!("memory of an idle capsule, median of {count}"), "MB", shares[count / 2]));
    for outcome in join_all(capsules.iter().map(Capsule::destroy)).await {
        outcome?;
    }
    Ok(())
}

/// The name of the capsule's control group. A virtual machine's may be from before it was the capsule's.
fn group(data_dir: &Path, id: &str) -> String {
    let note = fs::read(data_dir.join("capsules").join(id).join("runtime/machine.json")).unwrap_or_default();
    let note: serde_json::Value = serde_json::from_slice(&note).unwrap_or_default();
    note["group"].as_str().unwrap_or(id).to_owned()
}

/// The proportional set size of every process in the control group, in 10^6 bytes.
fn proportional_mb(group: &str) -> f64 {
    let Ok(entries) = fs::read_dir("/proc") else { return 0.0 };
    let read = |path: std::path::PathBuf| fs::read_to_string(path).unwrap_or_default();
    let kib: f64 = entries
        .flatten()
        .filter(|entry| read(entry.path().join("cgroup")).contains(group))
        .map(|entry| read(entry.path().join("smaps_rollup")))
        .filter_map(|rollup| {
            let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        })
        .sum();
    kib * 1024.0 / 1e6
}
