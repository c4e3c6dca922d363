//! Pausing.

use std::time::Duration;

use super::{Capsule, Subject, eventually};

/// A paused capsule does nothing at all, and goes on where it was; asking twice changes nothing.
pub async fn a_paused_capsule_stands_still(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let (runtime, spec) = (&capsule.runtime, &capsule.spec);
    capsule.start("for ((i = 0; ; i++)); do echo $i > /root/count; done").await;
    eventually("the count goes up", || async { capsule.must("cat /root/count || echo 0").await != "0" })
        .await;

    runtime.pause(spec).await.unwrap();
    runtime.pause(spec).await.unwrap();
    let before = runtime.usage(spec).await.unwrap().cpu;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(runtime.usage(spec).await.unwrap().cpu, before);
    if runtime.capabilities().paused_keeps_memory {
        runtime.connect(spec).await.expect("a stream to a paused capsule opens");
    }

    capsule.resume().await;
    capsule.resume().await;
    let count = capsule.must("cat /root/count").await;
    eventually("the count goes on", || async { capsule.must("cat /root/count").await != count }).await;
    capsule.destroy().await;
}

/// Fifty times in a row, nothing is lost.
pub async fn fifty_pauses_lose_nothing(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let sum = capsule.must("head -c 5000000 /dev/urandom > /root/file; sha256sum < /root/file").await;
    capsule.start("sleep 1000").await;
    // What goes to disk and comes back takes its time, and has tests of its own.
    let times = if capsule.runtime.capabilities().paused_keeps_memory { 50 } else { 5 };
    for _ in 0..times {
        capsule.runtime.pause(&capsule.spec).await.unwrap();
        capsule.resume().await;
    }
    assert_eq!(capsule.must("sha256sum < /root/file").await, sum);
    assert_eq!(capsule.agent.list().await.unwrap().len(), 1);
    capsule.destroy().await;
}
