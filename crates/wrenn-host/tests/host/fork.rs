//! Copies of capsules.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::task::JoinHandle;
use wrenn_api::CapsuleId;
use wrenn_host::{Host, HostConfig, HostError, NewCapsule, State};
use wrenn_runtime::{Condition, Kind, fake::Operation};

use crate::fixture::{Machine, eventually, new_capsule};

/// Asks for two copies, by a caller that may go away.
fn fork_two(host: &Arc<Host>, id: &CapsuleId) -> JoinHandle<Result<(), HostError>> {
    let (host, id) = (Arc::clone(host), id.clone());
    tokio::spawn(async move { host.fork(&id, 2).await.map(drop) })
}

#[tokio::test]
async fn copies_are_like_the_original_but_in_what_is_their_own() {
    let machine = Machine::new();
    let host = machine.host().await;
    let new = NewCapsule {
        timeout_sec: 900,
        metadata: BTreeMap::from([("owner".to_owned(), "test".to_owned())]),
        ..new_capsule()
    };
    let original = host.create(new).await.unwrap().record;
    let copies = host.fork(&original.id, 3).await.unwrap();
    assert_eq!(copies.len(), 3);
    assert_eq!(host.list().len(), 4);
    for copy in &copies {
        let copy = &copy.record;
        assert_ne!(copy.id, original.id);
        assert_ne!(copy.spec.first_id, original.spec.first_id);
        assert_ne!(copy.ports_token, original.ports_token);
        assert_eq!(copy.spec.hostname, copy.id.as_str());
        assert_eq!(
            (&copy.spec.layers, copy.spec.memory_mb),
            (&original.spec.layers, original.spec.memory_mb)
        );
        assert_eq!(
            (&copy.template, &copy.metadata, copy.timeout_sec),
            (&original.template, &original.metadata, 900)
        );
        assert_eq!(copy.state, State::Running);
        assert_eq!(machine.runtime.condition(copy.id.as_str()), Condition::Running);
        assert_eq!(machine.notes.of(&copy.id), [State::Running]);
    }
    assert_eq!(machine.runtime.condition(original.id.as_str()), Condition::Running);
    for view in host.list() {
        host.destroy(&view.record.id).await.unwrap();
    }
    machine.assert_clean();
}

#[tokio::test]
async fn a_paused_capsule_is_copied_and_stays_paused() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    host.pause(&id).await.unwrap();
    let copies = host.fork(&id, 1).await.unwrap();
    assert_eq!(copies[0].record.state, State::Running);
    assert_eq!(host.get(&id).unwrap().record.state, State::Paused);
}

#[tokio::test]
async fn when_one_copy_fails_there_is_none_and_the_original_goes_on() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    for operation in [Operation::Create, Operation::Fork] {
        machine.runtime.fail(operation, 1);
        assert!(matches!(host.fork(&id, 3).await, Err(HostError::Runtime { .. })), "{operation:?}");
        assert_eq!(host.list().len(), 1);
        assert_eq!(machine.runtime.left(), [id.to_string()]);
    }
    host.agent(&id).unwrap();
    assert_eq!(host.fork(&id, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_host_without_room_for_all_of_them_makes_none() {
    let mut machine = Machine::new();
    machine.config = HostConfig { max_capsules: 3, ..machine.config };
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    assert!(matches!(host.fork(&id, 3).await, Err(HostError::Full { limit: 3 })));
    assert_eq!(host.list().len(), 1);
    assert_eq!(host.fork(&id, 2).await.unwrap().len(), 2);
}

#[tokio::test]
async fn copies_of_a_host_that_was_killed_meanwhile_are_cleared() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let hold = machine.runtime.hold(Operation::Create);
    let fork = fork_two(&host, &id);
    machine.runtime.wait_begun(Operation::Create, 2).await;
    host.abandon().await;
    fork.abort();
    drop(hold);
    let host = machine.host().await;
    eventually("only the original is left", || machine.runtime.left() == [id.to_string()]).await;
    host.destroy(&id).await.unwrap();
    eventually("nothing is left", || machine.left().is_empty()).await;
}

#[tokio::test]
async fn a_caller_that_went_away_gets_its_copies_all_the_same() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let hold = machine.runtime.hold(Operation::Fork);
    let fork = fork_two(&host, &id);
    machine.runtime.wait_begun(Operation::Fork, 1).await;
    fork.abort();
    drop(hold);
    let running = || host.list().iter().filter(|view| view.record.state == State::Running).count();
    eventually("they run", || running() == 3).await;
}

#[tokio::test]
async fn a_caller_that_went_away_leaves_no_half_of_the_copies() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let hold = machine.runtime.hold(Operation::Fork);
    let fork = fork_two(&host, &id);
    machine.runtime.wait_begun(Operation::Fork, 1).await;
    let copy = host.list().into_iter().find(|view| view.record.id != id).unwrap().record;
    let written = copy.spec.dir.join("capsule.json");
    eventually("it is written down", || written.is_file()).await;
    // That it runs cannot be.
    std::fs::remove_file(&written).unwrap();
    std::fs::create_dir(&written).unwrap();
    fork.abort();
    drop(hold);
    eventually("only the original is left", || machine.runtime.left() == [id.to_string()]).await;
    eventually("nothing else is shown", || host.list().len() == 1).await;
}

#[tokio::test]
async fn a_slow_fork_is_answered_with_copies_in_the_making() {
    let mut machine = Machine::new();
    machine.config.settle = Duration::from_millis(20);
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    let hold = machine.runtime.hold(Operation::Fork);
    let copies = host.fork(&id, 2).await.unwrap();
    assert!(copies.iter().all(|copy| copy.record.state == State::Starting));
    drop(hold);
    eventually("they run", || host.list().iter().all(|view| view.record.state == State::Running)).await;
}

/// Two capsules that continue one state must not share time, name, or random numbers.
#[tokio::test]
async fn an_agent_that_continues_an_older_state_is_told_what_is_new() {
    let machine = Machine::new();
    let host = machine.host().await;
    let envs = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
    let new = NewCapsule { runtime: Some(Kind::Microvm), envs, ..new_capsule() };
    let id = host.create(new).await.unwrap().record.id;
    let mut told = vec![(id.clone(), machine.told.next().unwrap())];
    host.pause(&id).await.unwrap();
    host.resume(&id).await.unwrap();
    let resumed = machine.told.next().unwrap();
    assert!(resumed.get("envVars").is_none(), "it has kept them: {resumed}");
    assert_eq!(resumed["machineId"], told[0].1["machineId"], "it is the same machine");
    told.push((id.clone(), resumed));
    for copy in host.fork(&id, 2).await.unwrap() {
        let of = |told: &serde_json::Value| told["hostname"] == copy.record.id.as_str();
        let init = machine.told.next().unwrap();
        let init = if of(&init) { init } else { machine.told.swap(init).unwrap() };
        assert_eq!(init["envVars"]["A"], "1");
        assert_ne!(init["machineId"], told[0].1["machineId"]);
        told.push((copy.record.id.clone(), init));
    }
    let mut entropy: Vec<_> = told.iter().map(|(_, init)| init["entropy"].as_str().unwrap()).collect();
    assert!(entropy.iter().all(|text| text.len() >= 64));
    entropy.sort_unstable();
    entropy.dedup();
    assert_eq!(entropy.len(), 4);
    for (id, init) in &told {
        assert_eq!(init["hostname"], id.as_str());
        assert!(init["timestamp"].is_string());
    }
    assert!(machine.told.next().is_none());
}
