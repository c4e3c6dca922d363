//! Random requests, compared with a model; and at once, where only what holds always is checked.

use std::sync::Arc;

use proptest::prelude::*;
use wrenn_api::CapsuleId;
use wrenn_host::{Host, HostError, NewCapsule, State};
use wrenn_runtime::{Condition, Kind, fake::Operation};

use crate::fixture::{Machine, eventually, new_capsule};

#[derive(Debug, Clone, Copy)]
enum Step {
    Create(Kind),
    Pause(usize),
    Resume(usize),
    Snapshot(usize),
    Fork(usize, usize),
    Destroy(usize),
    Die(usize),
    FailNext(Kind, Operation),
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let capsule = 0..4_usize;
    let kind = prop_oneof![Just(Kind::Container), Just(Kind::Microvm)];
    prop_oneof![
        3 => kind.clone().prop_map(Step::Create),
        4 => capsule.clone().prop_map(Step::Pause),
        4 => capsule.clone().prop_map(Step::Resume),
        2 => capsule.clone().prop_map(Step::Snapshot),
        2 => (capsule.clone(), 1..3_usize).prop_map(|(which, count)| Step::Fork(which, count)),
        2 => capsule.clone().prop_map(Step::Destroy),
        1 => capsule.prop_map(Step::Die),
        1 => (kind, prop_oneof![
            Just(Operation::Create),
            Just(Operation::Pause),
            Just(Operation::Resume),
            Just(Operation::Snapshot),
            Just(Operation::Fork),
        ])
        .prop_map(|(kind, operation)| Step::FailNext(kind, operation)),
        1 => Just(Step::Restart),
    ]
}

/// What a capsule should be. `None`: gone.
type Model = Vec<(CapsuleId, Kind, Option<State>)>;

fn new_capsule_of(kind: Kind) -> NewCapsule {
    NewCapsule { runtime: Some(kind), ..new_capsule() }
}

async fn run(steps: Vec<Step>) {
    let machine = Machine::new();
    let mut host = machine.host().await;
    let mut model = Model::new();
    let mut failing: Option<(Kind, Operation)> = None;
    for (n, step) in steps.iter().enumerate() {
        let layer = machine.path().join(format!("layer-{n}"));
        let mut fails = |kind, operation| failing.take_if(|failing| *failing == (kind, operation)).is_some();
        match *step {
            Step::Create(kind) => match host.create(new_capsule_of(kind)).await {
                Ok(view) => {
                    assert!(!fails(kind, Operation::Create));
                    model.push((view.record.id, kind, Some(State::Running)));
                }
                Err(error) => assert!(fails(kind, Operation::Create), "{error:?}"),
            },
            Step::Pause(which) => {
                let Some((id, kind, state)) = model.get_mut(which) else { continue };
                let result = host.pause(id).await.map(drop);
                let fails = *state == Some(State::Running) && fails(*kind, Operation::Pause);
                check(result, *state, &[State::Running], fails);
                if *state == Some(State::Running) && !fails {
                    *state = Some(State::Paused);
                }
            }
            Step::Resume(which) => {
                let Some((id, kind, state)) = model.get_mut(which) else { continue };
                let result = host.resume(id).await.map(drop);
                let fails = *state == Some(State::Paused) && fails(*kind, Operation::Resume);
                check(result, *state, &[State::Paused], fails);
                if *state == Some(State::Paused) && !fails {
                    *state = Some(State::Running);
                }
            }
            Step::Snapshot(which) => {
                let Some((id, kind, state)) = model.get_mut(which) else { continue };
                let result = host.snapshot(id, layer.clone()).await;
                // A failed resumption is tried again.
                let fails = match state {
                    Some(State::Running) => {
                        let pauses = *kind == Kind::Container;
                        let failed =
                            pauses && fails(*kind, Operation::Pause) || fails(*kind, Operation::Snapshot);
                        let _tried_again = (pauses || failed) && fails(*kind, Operation::Resume);
                        failed
                    }
                    Some(_) => fails(*kind, Operation::Snapshot),
                    None => false,
                };
                assert_eq!(layer.exists(), result.is_ok());
                check(result, *state, &[State::Running, State::Paused], fails);
            }
            Step::Fork(which, count) => {
                let Some((id, kind, state)) = model.get_mut(which) else { continue };
                let (kind, state) = (*kind, *state);
                let result = host.fork(id, count).await;
                let fails =
                    state.is_some() && (fails(kind, Operation::Fork) || fails(kind, Operation::Create));
                if let Ok(children) = &result {
                    assert_eq!(children.len(), count);
                    model.extend(children.iter().map(|child| {
                        assert_eq!(child.record.runtime, kind);
                        (child.record.id.clone(), kind, Some(State::Running))
                    }));
                }
                check(result.map(drop), state, &[State::Running, State::Paused], fails);
            }
            Step::Destroy(which) => {
                let Some((id, _, state)) = model.get_mut(which) else { continue };
                let result = host.destroy(id).await;
                assert_eq!(result.is_ok(), state.is_some(), "{result:?}");
                *state = None;
            }
            Step::Die(which) => {
                let Some((id, kind, state)) = model.get_mut(which) else { continue };
                if *kind == Kind::Microvm && *state == Some(State::Paused) {
                    // It has no process that could die.
                    continue;
                }
                machine.runtime(*kind).kill(id.as_str());
                eventually("its death is noticed", || host.get(id).is_err()).await;
                *state = None;
            }
            Step::FailNext(kind, operation) => {
                if let Some((kind, before)) = failing.replace((kind, operation)) {
                    machine.runtime(kind).fail(before, 0);
                }
                machine.runtime(kind).fail(operation, 1);
            }
            Step::Restart => {
                if let Some((kind, before)) = failing.take() {
                    machine.runtime(kind).fail(before, 0);
                }
                host.abandon().await;
                host = machine.host().await;
            }
        }
        agree(&machine, &host, &model);
    }
    if let Some((kind, before)) = failing {
        machine.runtime(kind).fail(before, 0);
    }
    for (id, _, state) in &model {
        assert_eq!(host.destroy(id).await.is_ok(), state.is_some());
    }
    machine.assert_clean();
}

fn check(result: wrenn_host::Result<()>, state: Option<State>, allowed: &[State], fails: bool) {
    match (result, state) {
        (Err(HostError::NotFound { .. }), None) => {}
        (Err(HostError::WrongState { state: told, .. }), Some(state)) => {
            assert_eq!(told, state);
            assert!(!allowed.contains(&state));
        }
        (Err(HostError::Runtime { .. }), Some(state)) => assert!(fails && allowed.contains(&state)),
        (Ok(()), Some(state)) => assert!(!fails && allowed.contains(&state)),
        (result, state) => panic!("{result:?} in {state:?}"),
    }
}

fn agree(machine: &Machine, host: &Host, model: &Model) {
    for (id, kind, state) in model {
        let told = host.get(id).ok().map(|view| view.record.state);
        assert_eq!(told, *state);
        let condition = match state {
            Some(State::Running) => Condition::Running,
            Some(State::Paused) => Condition::Paused,
            _ => Condition::Missing,
        };
        assert_eq!(machine.runtime(*kind).condition(id.as_str()), condition);
    }
    assert_eq!(host.list().len(), model.iter().filter(|(_, _, state)| state.is_some()).count());
}

/// The same requests, all at once.
async fn storm(steps: Vec<Step>) {
    let machine = Machine::new();
    let host = Arc::new(machine.host().await);
    let mut ids = Vec::new();
    for kind in [Kind::Container, Kind::Microvm, Kind::Container, Kind::Microvm] {
        ids.push(host.create(new_capsule_of(kind)).await.unwrap().record.id);
    }
    let requests = steps.into_iter().enumerate().map(|(n, step)| {
        let (host, ids) = (Arc::clone(&host), ids.clone());
        let runtimes = [&machine.runtime, &machine.microvms].map(Arc::clone);
        let layer = machine.path().join(format!("layer-{n}"));
        tokio::spawn(async move {
            let result = match step {
                Step::Create(kind) => match host.create(new_capsule_of(kind)).await {
                    Ok(view) => host.destroy(&view.record.id).await,
                    Err(error) => Err(error),
                },
                Step::Pause(which) => host.pause(&ids[which]).await.map(drop),
                Step::Resume(which) => host.resume(&ids[which]).await.map(drop),
                Step::Snapshot(which) => host.snapshot(&ids[which], layer).await,
                Step::Fork(which, count) => match host.fork(&ids[which], count).await {
                    Ok(children) => {
                        for child in children {
                            host.destroy(&child.record.id).await.unwrap();
                        }
                        Ok(())
                    }
                    Err(error) => Err(error),
                },
                Step::Destroy(which) => host.destroy(&ids[which]).await,
                Step::Die(which) => {
                    runtimes[which % 2].kill(ids[which].as_str());
                    Ok(())
                }
                Step::FailNext(kind, operation) => {
                    runtimes[usize::from(kind == Kind::Microvm)].fail(operation, 1);
                    Ok(())
                }
                Step::Restart => Ok(()),
            };
            match result {
                Ok(())
                | Err(
                    HostError::NotFound { .. }
                    | HostError::WrongState { .. }
                    | HostError::Ended { .. }
                    | HostError::Agent { .. }
                    | HostError::Runtime { .. },
                ) => Ok(()),
                Err(error) => Err(error),
            }
        })
    });
    for request in requests.collect::<Vec<_>>() {
        request.await.unwrap().unwrap();
    }
    for operation in
        [Operation::Create, Operation::Pause, Operation::Resume, Operation::Snapshot, Operation::Fork]
    {
        machine.runtime.fail(operation, 0);
        machine.microvms.fail(operation, 0);
    }
    for id in &ids {
        match host.destroy(id).await {
            Ok(()) | Err(HostError::NotFound { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
    eventually("nothing is stuck", || host.list().is_empty()).await;
    for id in &ids {
        let last = *machine.notes.of(id).last().unwrap();
        assert!(last.is_final(), "{last:?}");
    }
    machine.assert_clean();
}

fn block_on(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(future);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_host_does_what_the_model_does(steps in proptest::collection::vec(step(), 1..40)) {
        block_on(run(steps));
    }

    #[test]
    fn requests_at_once_leave_nothing_stuck(steps in proptest::collection::vec(step(), 1..60)) {
        block_on(storm(steps));
    }
}
