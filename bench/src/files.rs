//! A large file up and down, beside `cp` of the same file.

use std::{path::Path, time::Instant};

use anyhow::ensure;
use wrenn::Client;

use crate::{
    floors,
    report::{Report, Row},
    series::Series,
};

const SIZE: usize = 256 << 20;
const ROUNDS: usize = 7;

pub(crate) async fn measure(client: &Client, scratch: &Path, report: &mut Report) -> anyhow::Result<()> {
    let local = scratch.join("large");
    std::fs::write(&local, noise(SIZE))?;
    let capsule = client.create_capsule("minimal").await?;
    let (mut copy, mut up, mut down) = (Series::default(), Series::default(), Series::default());
    for _ in 0..ROUNDS {
        copy.push(floors::copy(&local, &scratch.join("copy"), SIZE as u64)?);
        let started = Instant::now();
        capsule.files().upload_file(&local, "/data/large").await?;
        up.push(started.elapsed());
        let back = scratch.join("back");
        let started = Instant::now();
        capsule.files().download_file("/data/large", &back).await?;
        down.push(started.elapsed());
        std::fs::remove_file(&back)?;
        capsule.files().remove("/data/large").await?;
    }
    // And once more, to see that what came down is what went up.
    capsule.files().upload_file(&local, "/data/large").await?;
    let sum = capsule.commands().exec("sha256sum").arg("/data/large").await?.stdout;
    let local_sum = std::process::Command::new("sha256sum").arg(&local).output()?.stdout;
    ensure!(sum.get(..64) == String::from_utf8(local_sum)?.get(..64), "the file changed on its way");
    capsule.destroy().await?;

    #[expect(clippy::cast_precision_loss, reason = "a size far below 2^53")]
    let rate = |series: &Series| SIZE as f64 / 1e6 / series.median().as_secs_f64();
    let (copy, up, down) = (rate(&copy), rate(&up), rate(&down));
    report.add(Row::single("floor: cp of 256 MiB", "MB/s", copy));
    report.add(Row::single("upload of 256 MiB", "MB/s", up).promised(copy / 3.0));
    report.add(Row::single("download of 256 MiB", "MB/s", down).promised(copy / 3.0));
    Ok(())
}

/// Bytes that no filesystem compresses or leaves out (xorshift).
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.take(size / 8).flatten().collect()
}
