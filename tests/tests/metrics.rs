//! Measurements of capsules and of a team.

use wrenn::{MetricsRange, StatsRange};
use wrenn_tests::{TestServer, eventually};

#[tokio::test]
async fn a_busy_capsule_shows_it_also_while_paused_and_after_a_restart() {
    let mut server = TestServer::start().await;
    let capsule = server.capsule().await;
    let busy = "while :; do :; done";
    capsule.commands().start("sh").args(["-c", busy]).tag("busy").await.unwrap();
    let points = eventually("a busy point", || async {
        let points = capsule.metrics(MetricsRange::TenMinutes).await.unwrap().points;
        points.iter().any(|point| point.cpu_pct > 20.0 && point.mem_bytes > 0).then_some(points)
    })
    .await;
    assert!(points.windows(2).all(|pair| pair[0].timestamp_unix <= pair[1].timestamp_unix), "oldest first");
    assert!(points.iter().all(|point| point.cpu_pct < 400.0), "in percent of one processor");

    capsule.pause().await.unwrap();
    let paused = capsule.metrics(MetricsRange::TenMinutes).await.unwrap().points;
    assert!(paused.len() >= points.len(), "kept while paused");
    assert!(server.terminate().success());
    server.restart().await;
    let capsule = server.client().capsule(capsule.id());
    let kept = capsule.metrics(MetricsRange::TenMinutes).await.unwrap().points;
    assert!(kept.iter().any(|point| point.cpu_pct > 20.0), "kept across a restart");

    let stats = server.client().capsules().stats(StatsRange::OneHour).await.unwrap();
    assert_eq!(stats.current.running_count, 0, "a paused one does not run");
    capsule.resume().await.unwrap();
    eventually("the team's figures", || async {
        let stats = server.client().capsules().stats(StatsRange::OneHour).await.unwrap();
        let current = &stats.current;
        (current.running_count == 1 && current.vcpus_reserved == 1 && current.memory_mb_reserved == 512)
            .then_some(())
    })
    .await;
    eventually("the team's usage", || async {
        let usage = server.client().capsules().usage(None, None).await.unwrap();
        usage.points.iter().any(|point| point.cpu_minutes > 0.0 && point.ram_mb_minutes > 0.0).then_some(())
    })
    .await;
    capsule.destroy().await.unwrap();
    let gone = capsule.metrics(MetricsRange::TenMinutes).await;
    assert!(matches!(gone, Err(wrenn::Error::NotFound(_))), "{gone:?}");
    server.assert_clean().await;
}
