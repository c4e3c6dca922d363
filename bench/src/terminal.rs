//! A key typed into a terminal and seen again.

use std::time::Instant;

use anyhow::{Context as _, bail};
use wrenn::{Client, PtyEvent};

use crate::{
    report::{Report, Row},
    series::Series,
};

pub(crate) async fn measure(client: &Client, report: &mut Report) -> anyhow::Result<()> {
    let capsule = client.create_capsule("minimal").await?;
    // `cat` on a terminal: the terminal itself echoes each key.
    let mut session = capsule.pty().start().cmd("cat").await?;
    let mut keys = Series::default();
    for _ in 0..200 {
        let started = Instant::now();
        session.input("k").await?;
        match session.next().await.context("the terminal ended")?? {
            PtyEvent::Data(_) => keys.push(started.elapsed()),
            other => bail!("{other:?} instead of an echo"),
        }
    }
    report.add(Row::times("terminal: key round trip", &keys));
    session.kill().await?;
    capsule.destroy().await?;
    Ok(())
}
