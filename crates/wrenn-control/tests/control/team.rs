//! What a team has running, and what it reserved.

use wrenn_api::{ErrorCode, StatsRange, TeamId};

use crate::fixture::{Fixture, refused};

#[tokio::test]
async fn the_statistics_know_what_runs_now_and_ran_at_most() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let ids = [fixture.capsule().await.id, fixture.capsule().await.id, fixture.capsule().await.id];
    control.pause_capsule(team, &ids[0]).await.unwrap();
    control.destroy_capsule(team, &ids[1]).await.unwrap();
    for range in StatsRange::ALL {
        // Written to the database in between, or not: the answer is the same.
        let stats = control.capsule_stats(team, *range).await.unwrap();
        assert_eq!(stats.current.running_count, 1);
        assert_eq!((stats.current.vcpus_reserved, stats.current.memory_mb_reserved), (2, 256));
        let series = &stats.series;
        let lengths = [series.running.len(), series.vcpus.len(), series.memory_mb.len()];
        assert!(lengths.iter().all(|length| *length == series.labels.len()) && lengths[0] > 20);
        assert!(series.labels.is_sorted());
        control.capsule_usage(team, None, None).await.unwrap();
    }
    let stats = control.capsule_stats(team, StatsRange::OneHour).await.unwrap();
    assert_eq!((stats.peaks.running_count, stats.peaks.vcpus, stats.peaks.memory_mb), (3, 6, 768));
    let stranger = control.capsule_stats(&TeamId::generate(), StatsRange::OneHour).await.unwrap();
    assert_eq!((stranger.current.running_count, stranger.peaks.running_count), (0, 0));
}

#[tokio::test]
async fn usage_grows_while_something_runs() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let used = async || {
        let usage = control.capsule_usage(team, None, None).await.unwrap();
        usage.points.iter().map(|point| point.cpu_minutes).sum::<f64>()
    };
    assert!(used().await.abs() < f64::EPSILON);
    let capsule = fixture.capsule().await;
    crate::fixture::eventually("it is counted", async || used().await > 0.0).await;
    control.destroy_capsule(team, &capsule.id).await.unwrap();
    let (first, second) = (used().await, used().await);
    assert!((first - second).abs() < f64::EPSILON, "nothing runs any more");
    let usage = control.capsule_usage(team, None, None).await.unwrap();
    let (cpu, ram) = usage
        .points
        .iter()
        .fold((0.0, 0.0), |(cpu, ram), point| (cpu + point.cpu_minutes, ram + point.ram_mb_minutes));
    assert!((ram / cpu - 128.0).abs() < 0.001, "256 MiB for 2 processors");
}

#[tokio::test]
async fn days_are_checked() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let usage = control.capsule_usage(team, Some("2026-01-01"), Some("2026-01-31")).await.unwrap();
    assert_eq!((usage.from.as_str(), usage.to.as_str(), usage.points.len()), ("2026-01-01", "2026-01-31", 0));
    for (from, to) in [
        (Some("yesterday"), None),
        (Some("2026-02-30"), None),
        (Some("2026-02-02"), Some("2026-02-01")),
        (Some("1980-01-01"), Some("2026-01-01")),
        (Some("-9999-01-01"), None),
    ] {
        refused(control.capsule_usage(team, from, to).await, ErrorCode::InvalidRequest);
    }
}
