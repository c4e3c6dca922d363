//! Capsules of several runtimes on one host.

use wrenn_host::{HostError, NewCapsule, State};
use wrenn_runtime::{Condition, Kind};

use crate::fixture::{Machine, new_capsule};

fn microvm() -> NewCapsule {
    NewCapsule { runtime: Some(Kind::Microvm), ..new_capsule() }
}

#[tokio::test]
async fn everything_goes_through_a_capsules_own_runtime_also_after_a_restart() {
    let machine = Machine::new();
    let mut host = machine.host().await;
    let vm = host.create(microvm()).await.unwrap().record;
    let container = host.create(new_capsule()).await.unwrap().record;
    assert_eq!((vm.runtime, container.runtime), (Kind::Microvm, Kind::Container));
    for _ in 0..2 {
        assert_eq!(machine.microvms.left(), [vm.id.to_string()]);
        assert_eq!(machine.runtime.left(), [container.id.to_string()]);
        host.pause(&vm.id).await.unwrap();
        assert_eq!(machine.microvms.condition(vm.id.as_str()), Condition::Paused);
        assert_eq!(machine.runtime.condition(container.id.as_str()), Condition::Running);
        host.abandon().await;
        host = machine.host().await;
        let found = host.get(&vm.id).unwrap().record;
        assert_eq!((found.runtime, found.state), (Kind::Microvm, State::Paused));
        host.resume(&vm.id).await.unwrap();
    }
    for id in [&vm.id, &container.id] {
        host.usage(id).await.unwrap();
        host.destroy(id).await.unwrap();
    }
    machine.assert_clean();
}

#[tokio::test]
async fn a_runtime_that_is_not_offered_is_refused_and_leaves_nothing() {
    let machine = Machine::new();
    let host = machine.host_with(machine.containers()).await;
    let error = host.create(microvm()).await.unwrap_err();
    assert!(matches!(error, HostError::NotOffered { kind: Kind::Microvm, .. }), "{error}");
    assert_eq!(error.to_string(), "this host has no runtime microvm, only container");
    machine.assert_clean();
}

#[tokio::test]
async fn one_whose_runtime_is_not_offered_any_more_is_left_for_a_start_that_has_it() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(microvm()).await.unwrap().record.id;
    host.abandon().await;
    let host = machine.host_with(machine.containers()).await;
    assert!(host.list().is_empty());
    host.abandon().await;
    assert_eq!(machine.microvms.condition(id.as_str()), Condition::Running);
    let host = machine.host().await;
    host.destroy(&id).await.unwrap();
    machine.assert_clean();
}

#[tokio::test]
async fn records_of_earlier_versions_are_those_of_containers() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id = host.create(new_capsule()).await.unwrap().record.id;
    host.abandon().await;
    let path = machine.capsule_dir(&id).join("capsule.json");
    let mut record: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(record.as_object_mut().unwrap().remove("runtime").unwrap(), "container");
    std::fs::write(&path, record.to_string()).unwrap();
    let host = machine.host().await;
    assert_eq!(host.get(&id).unwrap().record.runtime, Kind::Container);
    host.destroy(&id).await.unwrap();
    machine.assert_clean();
}
