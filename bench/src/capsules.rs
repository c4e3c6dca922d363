//! From the wish for a capsule to the first result out of it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use wrenn::{Capsule, Client};

use crate::{
    report::{Report, Row, millis},
    series::Series,
};

/// Creates a capsule and runs one command in it.
async fn create_and_exec(client: &Client) -> wrenn::Result<Capsule> {
    let capsule = client.create_capsule("minimal").await?;
    // An answer waits for some time only, which many virtual machines in software exceed.
    if let Err(wrenn::Error::Conflict(_)) = capsule.commands().exec("true").await {
        capsule.wait_for_ready_within(Duration::from_secs(600)).await?;
        capsule.commands().exec("true").await?;
    }
    Ok(capsule)
}

/// One after the other.
pub(crate) async fn sequential(client: &Client, report: &mut Report) -> anyhow::Result<()> {
    let (mut created, mut ready, mut destroyed) = (Series::default(), Series::default(), Series::default());
    for _ in 0..50 {
        let started = Instant::now();
        let capsule = client.create_capsule("minimal").await?;
        created.push(started.elapsed());
        capsule.commands().exec("true").await?;
        ready.push(started.elapsed());
        let started = Instant::now();
        capsule.destroy().await?;
        destroyed.push(started.elapsed());
    }
    report.add(Row::times("create", &created));
    report.add(Row::times("create until the first exec's result", &ready).promised(30.0));
    report.add(Row::times("destroy", &destroyed));
    Ok(())
}

/// Many at the same time.
pub(crate) async fn at_once(client: &Client, count: usize, report: &mut Report) -> anyhow::Result<()> {
    let started = Instant::now();
    let outcomes = join_all((0..count).map(|_| create_and_exec(client))).await;
    let wall = started.elapsed();
    let capsules: Vec<_> = outcomes.into_iter().flatten().collect();
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let share = 100.0 * capsules.len() as f64 / count as f64;
    report.add(Row::single(format!("{count} at once: succeeded"), "%", share).promised(100.0));
    report.add(Row::single(format!("{count} at once: until the last first exec"), "ms", millis(wall)));
    for outcome in join_all(capsules.iter().map(Capsule::destroy)).await {
        outcome?;
    }
    Ok(())
}
