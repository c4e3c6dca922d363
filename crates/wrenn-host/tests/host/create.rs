//! The making of capsules, and what is left when it fails.

use std::{collections::HashSet, sync::Arc, time::Duration};

use wrenn_host::{HostError, State};
use wrenn_runtime::{Condition, fake::Operation};

use crate::fixture::{Machine, eventually, new_capsule};

#[tokio::test]
async fn a_created_capsule_runs_and_a_destroyed_one_leaves_nothing() {
    let machine = Machine::new();
    let host = machine.host().await;
    let view = host.create(new_capsule()).await.unwrap();
    let id = &view.record.id;
    assert_eq!(view.record.state, State::Running);
    assert!(view.record.started_at.is_some());
    assert_eq!(machine.runtime.condition(id.as_str()), Condition::Running);
    assert_eq!(host.get(id).unwrap(), view);
    assert!(machine.capsule_dir(id).join("capsule.json").exists());

    host.destroy(id).await.unwrap();
    assert!(matches!(host.get(id), Err(HostError::NotFound { .. })));
    assert_eq!(machine.notes.of(id), [State::Running, State::Stopped]);
    machine.assert_clean();
}

#[tokio::test]
async fn a_failed_creation_leaves_nothing_and_says_why() {
    let machine = Machine::new();
    let host = machine.host().await;
    machine.runtime.fail(Operation::Create, 1);
    let error = host.create(new_capsule()).await.unwrap_err();
    assert!(matches!(error, HostError::Runtime { action: "create", .. }), "{error:?}");
    machine.assert_clean();
    assert!(host.list().is_empty());
    assert!(machine.notes.all.lock().unwrap().is_empty(), "it never was");
    host.create(new_capsule()).await.unwrap();
}

#[tokio::test]
async fn a_creation_that_takes_long_is_answered_before_it_is_done() {
    let mut machine = Machine::new();
    machine.config.settle = Duration::from_millis(20);
    let host = machine.host().await;
    for fails in [false, true] {
        let hold = machine.runtime.hold(Operation::Create);
        let view = host.create(new_capsule()).await.unwrap();
        let id = view.record.id;
        assert_eq!(view.record.state, State::Starting);
        machine.runtime.fail(Operation::Create, usize::from(fails));
        drop(hold);
        let last = if fails { State::Failed } else { State::Running };
        eventually("the end of the creation", || machine.notes.of(&id) == [State::Starting, last]).await;
    }
}

#[tokio::test]
async fn a_creation_goes_on_when_its_client_has_gone() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let hold = machine.runtime.hold(Operation::Create);
    let creation = tokio::spawn({
        let host = Arc::clone(&host);
        async move { host.create(new_capsule()).await }
    });
    machine.runtime.wait_begun(Operation::Create, 1).await;
    creation.abort();
    drop(hold);
    eventually("it runs", || host.list().first().is_some_and(|view| view.record.state == State::Running))
        .await;
}

#[tokio::test]
async fn a_destruction_cuts_off_a_creation() {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let _hold = machine.runtime.hold(Operation::Create);
    let creation = tokio::spawn({
        let host = Arc::clone(&host);
        async move { host.create(new_capsule()).await }
    });
    machine.runtime.wait_begun(Operation::Create, 1).await;
    let id = host.list()[0].record.id.clone();
    host.destroy(&id).await.unwrap();
    assert!(matches!(creation.await.unwrap(), Err(HostError::Ended { .. })));
    machine.assert_clean();
}

#[tokio::test]
async fn a_full_host_takes_no_more_and_no_two_capsules_share_user_ids() {
    let mut machine = Machine::new();
    machine.config.max_capsules = 20;
    let host = Arc::new(machine.host().await);
    let creations = (0..40).map(|_| {
        let host = Arc::clone(&host);
        tokio::spawn(async move { host.create(new_capsule()).await })
    });
    let mut ids = HashSet::new();
    let mut refused = 0;
    for creation in creations.collect::<Vec<_>>() {
        match creation.await.unwrap() {
            Ok(view) => assert!(ids.insert(view.record.spec.first_id)),
            Err(HostError::Full { limit: 20 }) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((ids.len(), refused), (20, 20));
    for view in host.list() {
        host.destroy(&view.record.id).await.unwrap();
    }
    machine.assert_clean();
    host.create(new_capsule()).await.expect("there is room again");
}
