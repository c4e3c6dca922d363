//! Commands in a capsule that is there already.

use std::time::Instant;

use anyhow::{Context as _, ensure};
use wrenn::{Client, CommandEvent};

use crate::{
    report::{Report, Row},
    series::Series,
};

pub(crate) async fn measure(client: &Client, report: &mut Report) -> anyhow::Result<()> {
    let capsule = client.create_capsule("minimal").await?;
    let mut exec = Series::default();
    for _ in 0..200 {
        let started = Instant::now();
        let output = capsule.commands().exec("/bin/true").await?;
        exec.push(started.elapsed());
        ensure!(output.success(), "/bin/true failed");
    }
    report.add(Row::times("exec of /bin/true", &exec).promised(4.0));

    let mut first_byte = Series::default();
    for _ in 0..100 {
        let started = Instant::now();
        let mut stream = capsule.commands().stream("echo").arg("hello").await?;
        loop {
            if let CommandEvent::Stdout(_) = stream.next().await.context("the stream ended")?? {
                first_byte.push(started.elapsed());
                break;
            }
        }
    }
    report.add(Row::times("stream: first byte, connection included", &first_byte));
    capsule.destroy().await?;
    Ok(())
}
