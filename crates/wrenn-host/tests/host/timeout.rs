//! Capsules that nobody uses. Time is the test's own here: it passes when all tasks wait.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::{Instant, sleep};
use wrenn_api::{CapsuleId, OnTimeout};
use wrenn_host::{Host, NewCapsule, State};

use crate::fixture::{Machine, new_capsule};

const TIMEOUT: Duration = Duration::from_secs(100);
const MOMENT: Duration = Duration::from_secs(3);

fn with_timeout(on_timeout: OnTimeout) -> NewCapsule {
    NewCapsule { timeout_sec: 100, on_timeout, envs: BTreeMap::new(), ..new_capsule() }
}

/// How long it takes until the capsule is not running any more.
async fn time_running(host: &Host, id: &CapsuleId) -> Duration {
    let began = Instant::now();
    while host.get(id).is_ok_and(|view| view.record.state == State::Running) {
        assert!(began.elapsed() < TIMEOUT * 10, "it never ends");
        sleep(Duration::from_millis(100)).await;
    }
    began.elapsed()
}

fn is_about(time: Duration, expected: Duration) -> bool {
    time.abs_diff(expected) < MOMENT
}

#[tokio::test(start_paused = true)]
async fn an_unused_capsule_is_paused_and_its_timer_begins_anew_with_its_resumption() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(with_timeout(OnTimeout::Pause)).await.unwrap().record.id;
    for _ in 0..2 {
        assert!(is_about(time_running(&host, &id).await, TIMEOUT));
        sleep(TIMEOUT * 5).await;
        assert_eq!(host.get(&id).unwrap().record.state, State::Paused, "a paused one does not time out");
        host.resume(&id).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_unused_capsule_is_destroyed_when_asked_so() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(with_timeout(OnTimeout::Destroy)).await.unwrap().record.id;
    assert!(is_about(time_running(&host, &id).await, TIMEOUT));
    sleep(MOMENT).await;
    assert_eq!(machine.notes.of(&id), [State::Running, State::Stopped]);
    machine.assert_clean();
}

#[tokio::test(start_paused = true)]
async fn one_without_a_timeout_runs_for_ever() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    sleep(TIMEOUT * 50).await;
    assert_eq!(host.get(&id).unwrap().record.state, State::Running);
}

#[tokio::test(start_paused = true)]
async fn calls_and_pings_put_the_end_off() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(with_timeout(OnTimeout::Pause)).await.unwrap().record.id;
    for _ in 0..5 {
        sleep(TIMEOUT - MOMENT).await;
        host.touch(&id).unwrap();
        sleep(TIMEOUT - MOMENT).await;
        drop(host.agent(&id).unwrap());
    }
    assert!(is_about(time_running(&host, &id).await, TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn an_open_stream_keeps_it_awake_and_its_end_starts_the_time() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(with_timeout(OnTimeout::Pause)).await.unwrap().record.id;
    let (_, first) = host.agent(&id).unwrap();
    let (_, second) = host.agent(&id).unwrap();
    sleep(TIMEOUT * 3).await;
    drop(first);
    sleep(TIMEOUT * 3).await;
    assert_eq!(host.get(&id).unwrap().record.state, State::Running);
    drop(second);
    assert!(is_about(time_running(&host, &id).await, TIMEOUT));
}

#[tokio::test(start_paused = true)]
async fn a_restart_gives_nobody_a_new_time() {
    let machine = Machine::new();
    for graceful in [true, false] {
        let host = machine.host().await;
        let id = host.create(with_timeout(OnTimeout::Pause)).await.unwrap().record.id;
        sleep(Duration::from_secs(60)).await;
        if graceful {
            host.shutdown().await;
        } else {
            host.abandon().await;
        }
        // The clock on the wall did not go on, but the moment of the last use is known by it.
        let host = machine.host().await;
        let time = time_running(&host, &id).await;
        assert!(time <= TIMEOUT + MOMENT, "{time:?}");
        assert_eq!(host.get(&id).unwrap().record.state, State::Paused);
        host.abandon().await;
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_there_is_a_moment_to_say_that_one_is_still_there() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(with_timeout(OnTimeout::Destroy)).await.unwrap().record.id;
    host.abandon().await;
    // Long ago by the clock on the wall.
    std::fs::write(machine.capsule_dir(&id).join("last-active"), "1000").unwrap();
    let mut record: serde_json::Value =
        serde_json::from_slice(&std::fs::read(machine.capsule_dir(&id).join("capsule.json")).unwrap())
            .unwrap();
    record["last_updated"] = "1970-01-01T00:00:01Z".into();
    std::fs::write(machine.capsule_dir(&id).join("capsule.json"), record.to_string()).unwrap();
    let host = machine.host().await;
    sleep(Duration::from_secs(1)).await;
    host.touch(&id).unwrap();
    assert!(is_about(time_running(&host, &id).await, TIMEOUT));
}
