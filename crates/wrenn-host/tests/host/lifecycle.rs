//! Pause, resume, snapshot, death and destruction, in any order and at once.

use std::sync::{Arc, atomic::Ordering};

use wrenn_host::{Host, HostError, State};
use wrenn_runtime::{Condition, fake::Operation};

use crate::fixture::{Machine, eventually, new_capsule};

#[tokio::test]
async fn pause_and_resume_answer_the_settled_state_and_refuse_the_wrong_one() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    for _ in 0..3 {
        assert_eq!(host.pause(&id).await.unwrap().record.state, State::Paused);
        assert_eq!(machine.runtime.condition(id.as_str()), Condition::Paused);
        let error = host.pause(&id).await.unwrap_err();
        assert!(matches!(error, HostError::WrongState { action: "pause", state: State::Paused, .. }));
        assert!(matches!(host.agent(&id), Err(HostError::WrongState { .. })));

        assert_eq!(host.resume(&id).await.unwrap().record.state, State::Running);
        assert_eq!(machine.runtime.condition(id.as_str()), Condition::Running);
        let error = host.resume(&id).await.unwrap_err();
        assert!(matches!(error, HostError::WrongState { action: "resume", state: State::Running, .. }));
        assert!(host.agent(&id).is_ok());
    }
}

#[tokio::test]
async fn of_many_pauses_at_once_one_wins() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let pauses = (0..10).map(|_| {
        let (host, id) = (Arc::clone(&host), id.clone());
        tokio::spawn(async move { host.pause(&id).await.map(|view| view.record.state) })
    });
    let mut won = 0;
    for pause in pauses.collect::<Vec<_>>() {
        match pause.await.unwrap() {
            Ok(state) => {
                assert_eq!(state, State::Paused);
                won += 1;
            }
            Err(HostError::WrongState { state: State::Paused, .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_failed_pause_or_resume_changes_nothing() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    machine.runtime.fail(Operation::Pause, 1);
    assert!(matches!(host.pause(&id).await, Err(HostError::Runtime { .. })));
    assert_eq!(host.get(&id).unwrap().record.state, State::Running);
    host.pause(&id).await.unwrap();
    machine.runtime.fail(Operation::Resume, 1);
    assert!(matches!(host.resume(&id).await, Err(HostError::Runtime { .. })));
    assert_eq!(host.get(&id).unwrap().record.state, State::Paused);
    assert_eq!(machine.runtime.condition(id.as_str()), Condition::Paused);
}

#[tokio::test]
async fn destruction_is_possible_at_any_moment_and_any_number_of_times() {
    for operation in [
        None,
        Some(Operation::Pause),
        Some(Operation::Resume),
        Some(Operation::Snapshot),
        Some(Operation::Fork),
    ] {
        let machine = Machine::new();
        let host = Arc::new(machine.host().await);
        let id = host.create(new_capsule()).await.unwrap().record.id;
        if operation == Some(Operation::Resume) {
            host.pause(&id).await.unwrap();
        }
        let _hold = operation.map(|operation| machine.runtime.hold(operation));
        let busy = tokio::spawn(ask(Arc::clone(&host), id.clone(), operation, machine.path().join("layer")));
        if let Some(operation) = operation {
            let before = 1;
            machine.runtime.wait_begun(operation, before).await;
        }
        let destructions = [(); 3].map(|()| {
            let (host, id) = (Arc::clone(&host), id.clone());
            tokio::spawn(async move { host.destroy(&id).await })
        });
        for destruction in destructions {
            match destruction.await.unwrap() {
                // One that comes when all is over finds nothing.
                Ok(()) | Err(HostError::NotFound { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        if operation.is_some() {
            assert!(matches!(busy.await.unwrap(), Err(HostError::Ended { .. })), "{operation:?}");
        }
        assert_eq!(machine.notes.of(&id).last(), Some(&State::Stopped));
        machine.assert_clean();
    }
}

async fn ask(
    host: Arc<Host>,
    id: wrenn_api::CapsuleId,
    operation: Option<Operation>,
    layer: std::path::PathBuf,
) -> wrenn_host::Result<()> {
    match operation {
        Some(Operation::Pause) => host.pause(&id).await.map(drop),
        Some(Operation::Resume) => host.resume(&id).await.map(drop),
        Some(Operation::Snapshot) => host.snapshot(&id, layer).await,
        Some(Operation::Fork) => host.fork(&id, 2).await.map(drop),
        Some(Operation::Create | Operation::Inspect | Operation::Destroy) | None => Ok(()),
    }
}

#[tokio::test]
async fn a_runtime_that_cannot_remove_a_capsule_is_asked_again() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    machine.runtime.fail(Operation::Destroy, 2);
    host.destroy(&id).await.unwrap();
    assert_eq!(machine.runtime.begun(Operation::Destroy), 3);
    machine.assert_clean();
}

#[tokio::test]
async fn a_snapshot_freezes_a_running_capsule_only_for_the_copy() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let layer = machine.path().join("layer");
    let hold = machine.runtime.hold(Operation::Snapshot);
    let snapshot = tokio::spawn({
        let (host, id, layer) = (Arc::clone(&host), id.clone(), layer.clone());
        async move { host.snapshot(&id, layer).await }
    });
    machine.runtime.wait_begun(Operation::Snapshot, 1).await;
    assert_eq!(machine.runtime.condition(id.as_str()), Condition::Paused);
    assert_eq!(host.get(&id).unwrap().record.state, State::Running, "it is not shown");
    drop(hold);
    snapshot.await.unwrap().unwrap();
    assert!(layer.join("from").exists());
    assert_eq!(machine.runtime.condition(id.as_str()), Condition::Running);

    host.pause(&id).await.unwrap();
    host.snapshot(&id, machine.path().join("another")).await.unwrap();
    assert_eq!(machine.runtime.condition(id.as_str()), Condition::Paused, "it stays as it was");
}

#[tokio::test]
async fn a_failed_snapshot_leaves_nothing_and_the_capsule_runs_on() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let layer = machine.path().join("layer");
    machine.runtime.fail(Operation::Snapshot, 1);
    assert!(matches!(host.snapshot(&id, layer.clone()).await, Err(HostError::Runtime { .. })));
    assert!(!layer.exists());
    assert_eq!(machine.runtime.condition(id.as_str()), Condition::Running);
}

#[tokio::test]
async fn a_capsule_that_dies_is_noticed_reported_and_cleared() {
    for paused in [false, true] {
        let machine = Machine::new();
        let host = machine.host().await;
        let id = host.create(new_capsule()).await.unwrap().record.id;
        let (_, guard) = host.agent(&id).unwrap();
        if paused {
            host.pause(&id).await.unwrap();
        }
        machine.runtime.kill(id.as_str());
        let reason = tokio::time::timeout(crate::fixture::PATIENCE, guard.ended()).await.unwrap();
        assert_eq!(reason, "it ended by itself");
        eventually("its end is reported", || machine.notes.of(&id).last() == Some(&State::Failed)).await;
        eventually("it is forgotten", || host.get(&id).is_err()).await;
        assert_eq!(machine.notes.reasons.lock().unwrap()[&id].as_deref(), Some("it ended by itself"));
        machine.assert_clean();
    }
}

#[tokio::test]
async fn what_could_not_be_reported_is_told_by_the_next_host() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    machine.notes.refuse.store(true, Ordering::Relaxed);
    host.destroy(&id).await.unwrap();
    assert_eq!(host.get(&id).unwrap().record.state, State::Stopped, "it is not forgotten");
    host.abandon().await;

    machine.notes.refuse.store(false, Ordering::Relaxed);
    let host = machine.host().await;
    eventually("it is reported", || machine.notes.of(&id) == [State::Running, State::Stopped]).await;
    eventually("it is forgotten", || host.get(&id).is_err()).await;
    machine.assert_clean();
}
