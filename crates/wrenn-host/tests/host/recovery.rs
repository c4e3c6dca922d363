//! A host killed at any moment, and the one that follows.

use std::sync::Arc;

use wrenn_host::{Host, State};
use wrenn_runtime::{Condition, fake::Operation};

use crate::fixture::{Machine, eventually, new_capsule};

/// A host that was killed while it did this.
async fn killed_during(machine: &Machine, operation: Operation) -> wrenn_api::CapsuleId {
    let host = Arc::new(machine.host().await);
    let hold;
    let work = if operation == Operation::Create {
        hold = machine.runtime.hold(operation);
        tokio::spawn({
            let host = Arc::clone(&host);
            async move { host.create(new_capsule()).await.map(drop) }
        })
    } else {
        let id = host.create(new_capsule()).await.unwrap().record.id;
        if operation == Operation::Resume {
            host.pause(&id).await.unwrap();
        }
        hold = machine.runtime.hold(operation);
        tokio::spawn({
            let (host, layer) = (Arc::clone(&host), machine.path().join("layer"));
            async move {
                match operation {
                    Operation::Pause => host.pause(&id).await.map(drop),
                    Operation::Resume => host.resume(&id).await.map(drop),
                    Operation::Snapshot => host.snapshot(&id, layer).await,
                    Operation::Fork => host.fork(&id, 2).await.map(drop),
                    Operation::Destroy => host.destroy(&id).await,
                    Operation::Create | Operation::Inspect => Ok(()),
                }
            }
        })
    };
    machine.runtime.wait_begun(operation, 1).await;
    let id = host.list().iter().min_by_key(|view| view.record.created_at).unwrap().record.id.clone();
    host.abandon().await;
    work.abort();
    drop(hold);
    id
}

#[tokio::test]
async fn a_half_made_capsule_is_cleared() {
    let machine = Machine::new();
    let id = killed_during(&machine, Operation::Create).await;
    assert_eq!(machine.runtime.left(), [id.to_string()]);
    let host = machine.host().await;
    assert!(host.list().is_empty(), "nobody sees it");
    eventually("it is cleared", || machine.left().is_empty()).await;
    assert!(machine.notes.of(&id).is_empty());
}

#[tokio::test]
async fn a_cut_off_destruction_is_finished() {
    let machine = Machine::new();
    let id = killed_during(&machine, Operation::Destroy).await;
    let host = machine.host().await;
    eventually("it is gone", || host.list().is_empty()).await;
    assert_eq!(machine.notes.of(&id), [State::Running, State::Stopped]);
    machine.assert_clean();
}

#[tokio::test]
async fn after_a_cut_off_request_the_capsule_is_as_its_client_last_knew_it() {
    for (operation, state, condition) in [
        (Operation::Pause, State::Running, Condition::Running),
        (Operation::Resume, State::Paused, Condition::Paused),
        (Operation::Snapshot, State::Running, Condition::Running),
        (Operation::Fork, State::Running, Condition::Running),
    ] {
        let machine = Machine::new();
        let id = killed_during(&machine, operation).await;
        let host = machine.host().await;
        assert_eq!(host.get(&id).unwrap().record.state, state, "{operation:?}");
        assert_eq!(machine.runtime.condition(id.as_str()), condition, "{operation:?}");
        use_and_destroy(&host, &id, state).await;
        machine.assert_clean();
    }
}

/// What the runtime did, but the host did not write down any more, is undone.
#[tokio::test]
async fn the_record_decides_between_running_and_paused() {
    use wrenn_runtime::Runtime as _;
    for (paused, wanted) in [(false, Condition::Running), (true, Condition::Paused)] {
        let machine = Machine::new();
        let host = machine.host().await;
        let id = host.create(new_capsule()).await.unwrap().record.id;
        if paused {
            host.pause(&id).await.unwrap();
        }
        let spec = host.get(&id).unwrap().record.spec;
        host.abandon().await;
        if paused {
            machine.runtime.resume(&spec, None).await.unwrap();
        } else {
            machine.runtime.pause(&spec).await.unwrap();
        }
        let host = machine.host().await;
        assert_eq!(machine.runtime.condition(id.as_str()), wanted);
        use_and_destroy(&host, &id, if paused { State::Paused } else { State::Running }).await;
    }
}

#[tokio::test]
async fn running_and_paused_capsules_are_adopted_again_and_again() {
    let machine = Machine::new();
    let host = machine.host().await;
    let running = host.create(new_capsule()).await.unwrap();
    let paused = host.create(new_capsule()).await.unwrap().record.id;
    host.pause(&paused).await.unwrap();
    host.abandon().await;
    for graceful in [false, true, false] {
        let host = machine.host().await;
        let found = host.get(&running.record.id).unwrap();
        assert_eq!(found.record, running.record, "nothing about it has changed");
        assert_eq!(host.get(&paused).unwrap().record.state, State::Paused);
        assert_eq!(host.list().len(), 2);
        if graceful {
            host.shutdown().await;
        } else {
            host.abandon().await;
        }
    }
    let host = machine.host().await;
    use_and_destroy(&host, &running.record.id, State::Running).await;
    use_and_destroy(&host, &paused, State::Paused).await;
    machine.assert_clean();
}

#[tokio::test]
async fn one_that_died_meanwhile_is_reported_dead() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    host.abandon().await;
    machine.runtime.kill(id.as_str());
    let host = machine.host().await;
    eventually("it is gone", || host.list().is_empty()).await;
    assert_eq!(machine.notes.of(&id), [State::Running, State::Failed]);
    let reason = machine.notes.reasons.lock().unwrap()[&id].clone();
    assert_eq!(reason.as_deref(), Some("it ended while the server did not run"));
    machine.assert_clean();
}

#[tokio::test]
async fn one_that_cannot_be_looked_at_is_left_for_the_next_start() {
    let machine = Machine::new();
    let host = machine.host().await;
    let ids = [host.create(new_capsule()).await.unwrap(), host.create(new_capsule()).await.unwrap()];
    host.abandon().await;
    machine.runtime.fail(Operation::Inspect, 1);
    let host = machine.host().await;
    assert_eq!(host.list().len(), 1, "the other one is adopted");
    host.abandon().await;
    let host = machine.host().await;
    for view in ids {
        use_and_destroy(&host, &view.record.id, State::Running).await;
    }
    machine.assert_clean();
}

#[tokio::test]
async fn strange_directories_keep_no_host_from_starting() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    host.abandon().await;
    let dir = &machine.config.dir;
    std::fs::create_dir(dir.join("not a capsule")).unwrap();
    std::fs::create_dir(dir.join("cl-0000000000000000000000000")).unwrap();
    std::fs::create_dir(dir.join("cl-1111111111111111111111111")).unwrap();
    std::fs::write(dir.join("cl-1111111111111111111111111/capsule.json"), "{\"id\":").unwrap();
    let host = machine.host().await;
    assert_eq!(host.list().len(), 1);
    assert!(dir.join("not a capsule").exists(), "what is not ours is left alone");
    std::fs::remove_dir(dir.join("not a capsule")).unwrap();
    use_and_destroy(&host, &id, State::Running).await;
    machine.assert_clean();
}

/// The capsule does all that one in that state can.
async fn use_and_destroy(host: &Host, id: &wrenn_api::CapsuleId, state: State) {
    if state == State::Paused {
        host.resume(id).await.unwrap();
    }
    host.agent(id).unwrap();
    host.pause(id).await.unwrap();
    host.destroy(id).await.unwrap();
}
