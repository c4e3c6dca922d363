//! What capsules use.

use std::time::Duration;

use wrenn_runtime::{Usage, fake::FakeRuntime};

use crate::fixture::{Machine, eventually, new_capsule};

fn busy(runtime: &FakeRuntime, id: &str, cpu: Duration) {
    runtime.set_usage(
        id,
        Usage { cpu, memory_bytes: 7 << 20, disk_bytes: 3 << 20, oom_kills: 2, ..Usage::default() },
    );
}

#[tokio::test]
async fn measurements_outlast_a_pause_and_a_restart_but_not_the_capsule() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    busy(&machine.runtime, id.as_str(), Duration::from_secs(1));
    eventually("there are points", || host.metrics(&id, 600).unwrap().len() >= 2).await;
    assert_eq!(host.usage(&id).await.unwrap().1, Some(2));
    host.pause(&id).await.unwrap();
    let before = host.metrics(&id, 600).unwrap();
    eventually("a paused one is measured too", || host.metrics(&id, 600).unwrap().len() > before.len()).await;
    host.shutdown().await;

    let host = machine.host().await;
    let after = host.metrics(&id, 600).unwrap();
    assert_eq!(after[..before.len()], before);
    assert!(after.iter().all(|point| point.mem_bytes == 7 << 20 && point.disk_bytes == 3 << 20));
    host.destroy(&id).await.unwrap();
    assert!(host.metrics(&id, 600).is_err());
    machine.assert_clean();
}
