//! Capsules by team: made, found, listed, ended.

use std::{collections::BTreeMap, sync::Arc};

use wrenn_api::{
    CapsuleId, CapsuleStatus, CreateCapsuleRequest, ErrorCode, ListCapsulesQuery, MetricsRange, RuntimeKind,
    TeamId,
};
use wrenn_control::CapsulePage;
use wrenn_runtime::{
    Capabilities,
    fake::{FakeRuntime, Operation},
};

use crate::fixture::{Fixture, Machine, TEMPLATE, eventually, refused, request};

#[tokio::test]
async fn a_capsule_takes_after_its_request_and_its_template() {
    let fixture = Fixture::new().await;
    let plain = fixture.capsule().await;
    assert_eq!(plain.status, CapsuleStatus::Running);
    assert_eq!((plain.template.as_str(), plain.vcpus, plain.memory_mb), (TEMPLATE, 2, 256));
    let metadata = BTreeMap::from([("purpose".to_owned(), "test".to_owned())]);
    let request = CreateCapsuleRequest {
        vcpus: Some(1),
        memory_mb: Some(64),
        timeout_sec: Some(900),
        envs: BTreeMap::from([("GREETING".to_owned(), "hello".to_owned())]),
        metadata: metadata.clone(),
        ..request()
    };
    let special = fixture.control.create_capsule(&fixture.team, &request).await.unwrap();
    assert_eq!((special.vcpus, special.memory_mb, special.timeout_sec), (1, 64, 900));
    assert_eq!(special.metadata, metadata);
    let said = fixture
        .control
        .exec_foreground(&fixture.team, &special.id, &crate::fixture::shell("echo $GREETING"))
        .await;
    assert_eq!(said.unwrap().stdout, "hello\n");
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let fixture = Fixture::new().await;
    let text = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    for (wrong, code) in [
        (CreateCapsuleRequest { template: Some("missing".into()), ..request() }, ErrorCode::NotFound),
        (CreateCapsuleRequest { template: Some("../etc".into()), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { template: Some("a\0b".into()), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { vcpus: Some(0), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { vcpus: Some(u32::MAX), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { memory_mb: Some(1), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { envs: text("", "x"), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { envs: text("A=B", "x"), ..request() }, ErrorCode::InvalidRequest),
        (CreateCapsuleRequest { envs: text("A", "x\0"), ..request() }, ErrorCode::InvalidRequest),
        (
            CreateCapsuleRequest { envs: text("A", &"x".repeat(1 << 20)), ..request() },
            ErrorCode::InvalidRequest,
        ),
        (CreateCapsuleRequest { metadata: text("", "x"), ..request() }, ErrorCode::InvalidRequest),
        (
            CreateCapsuleRequest { metadata: text("k", &"x".repeat(5_000)), ..request() },
            ErrorCode::InvalidRequest,
        ),
        (CreateCapsuleRequest { network: Some(deny("not a name")), ..request() }, ErrorCode::InvalidRequest),
    ] {
        refused(fixture.control.create_capsule(&fixture.team, &wrong).await, code);
    }
    assert!(fixture.machine.runtime.left().is_empty());
}

#[tokio::test]
async fn a_failed_creation_is_our_fault_and_leaves_no_trace() {
    let fixture = Fixture::new().await;
    fixture.machine.runtime.fail(Operation::Create, 1);
    let result = fixture.control.create_capsule(&fixture.team, &request()).await;
    let message = refused(result, ErrorCode::InternalError);
    assert!(!message.contains("the test wants it so"), "internals stay in the log");
    let every = ListCapsulesQuery { status: CapsuleStatus::ALL.to_vec(), ..Default::default() };
    assert!(fixture.control.list_capsules(&fixture.team, &every).await.unwrap().capsules.is_empty());
}

#[tokio::test]
async fn a_full_server_says_so() {
    let fixture = Fixture::new().await;
    for _ in 0..fixture.machine.limits.max_capsules {
        fixture.capsule().await;
    }
    let result = fixture.control.create_capsule(&fixture.team, &request()).await;
    refused(result, ErrorCode::NoHostsAvailable);
}

#[tokio::test]
async fn a_destroyed_capsule_is_still_there_as_stopped() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let before = fixture.capsule().await;
    let id = &before.id;
    for _ in 0..3 {
        control.destroy_capsule(team, id).await.unwrap();
        let after = control.get_capsule(team, id).await.unwrap();
        assert_eq!(after.status, CapsuleStatus::Stopped);
        assert_eq!(
            (&after.metadata, after.created_at, after.started_at),
            (&before.metadata, before.created_at, before.started_at)
        );
    }
    refused(control.pause_capsule(team, id).await, ErrorCode::InvalidState);
    refused(control.resume_capsule(team, id).await, ErrorCode::InvalidState);
    refused(control.ping_capsule(team, id).await, ErrorCode::InvalidState);
    refused(control.agent(team, id).await, ErrorCode::InvalidState);
    refused(control.capsule_metrics(team, id, MetricsRange::TenMinutes).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn what_belongs_to_another_team_is_not_found() {
    let fixture = Fixture::new().await;
    let running = fixture.capsule().await.id;
    let stopped = fixture.capsule().await.id;
    let control = &fixture.control;
    control.destroy_capsule(&fixture.team, &stopped).await.unwrap();
    let stranger = TeamId::generate();
    for id in [running.clone(), stopped, CapsuleId::generate(), "missing".parse().unwrap()] {
        let id = &id;
        refused(control.get_capsule(&stranger, id).await, ErrorCode::NotFound);
        refused(control.destroy_capsule(&stranger, id).await, ErrorCode::NotFound);
        refused(control.pause_capsule(&stranger, id).await, ErrorCode::NotFound);
        refused(control.resume_capsule(&stranger, id).await, ErrorCode::NotFound);
        refused(control.ping_capsule(&stranger, id).await, ErrorCode::NotFound);
        refused(control.agent(&stranger, id).await, ErrorCode::NotFound);
        refused(control.capsule_metrics(&stranger, id, MetricsRange::TenMinutes).await, ErrorCode::NotFound);
    }
    assert!(
        control.list_capsules(&stranger, &ListCapsulesQuery::default()).await.unwrap().capsules.is_empty()
    );
    assert_eq!(control.get_capsule(&fixture.team, &running).await.unwrap().status, CapsuleStatus::Running);
}

#[tokio::test]
async fn pause_and_resume_answer_the_settled_status() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    refused(control.resume_capsule(team, id).await, ErrorCode::InvalidState);
    assert_eq!(control.pause_capsule(team, id).await.unwrap().status, CapsuleStatus::Paused);
    refused(control.pause_capsule(team, id).await, ErrorCode::InvalidState);
    refused(control.agent(team, id).await, ErrorCode::InvalidState);
    control.ping_capsule(team, id).await.unwrap();
    assert_eq!(control.resume_capsule(team, id).await.unwrap().status, CapsuleStatus::Running);
    control.check_running(team, id).await.unwrap();
}

#[tokio::test]
async fn one_that_died_shows_it_until_it_is_destroyed() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    fixture.machine.runtime.kill(id.as_str());
    let status = async |status| control.get_capsule(team, id).await.unwrap().status == status;
    eventually("its death is noticed", async || status(CapsuleStatus::Error).await).await;
    let listed = control.list_capsules(team, &ListCapsulesQuery::default()).await.unwrap();
    assert_eq!(listed.capsules.len(), 1);
    control.destroy_capsule(team, id).await.unwrap();
    eventually("it is stopped", async || {
        // Its own end may still have been under way.
        control.destroy_capsule(team, id).await.unwrap();
        status(CapsuleStatus::Stopped).await
    })
    .await;
}

#[tokio::test]
async fn lists_are_filtered_and_paged() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let mut ids = Vec::new();
    for n in 0..9 {
        let metadata = BTreeMap::from([("third".to_owned(), (n % 3).to_string())]);
        let request = CreateCapsuleRequest { metadata, ..request() };
        ids.push(control.create_capsule(team, &request).await.unwrap().id);
    }
    for id in &ids[..3] {
        control.destroy_capsule(team, id).await.unwrap();
    }
    for id in &ids[3..5] {
        control.pause_capsule(team, id).await.unwrap();
    }
    let list = async |query: ListCapsulesQuery| control.list_capsules(team, &query).await.unwrap();
    let count = |page: &CapsulePage| page.capsules.len();
    assert_eq!(count(&list(ListCapsulesQuery::default()).await), 6, "stopped ones only when asked for");
    let paused = ListCapsulesQuery { status: vec![CapsuleStatus::Paused], ..Default::default() };
    assert_eq!(count(&list(paused).await), 2);
    let first_third = BTreeMap::from([("third".to_owned(), "0".to_owned())]);
    let query = ListCapsulesQuery {
        status: vec![CapsuleStatus::Stopped, CapsuleStatus::Running],
        metadata: first_third,
        ..Default::default()
    };
    assert_eq!(count(&list(query).await), 2);

    let mut query = ListCapsulesQuery {
        status: vec![CapsuleStatus::Running, CapsuleStatus::Paused, CapsuleStatus::Stopped],
        limit: Some(2),
        ..Default::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = list(query.clone()).await;
        assert!(count(&page) <= 2);
        seen.extend(page.capsules);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => break,
        }
    }
    assert!(seen.is_sorted_by_key(|capsule| std::cmp::Reverse((capsule.created_at, capsule.id.clone()))));
    let mut seen: Vec<_> = seen.into_iter().map(|capsule| capsule.id).collect();
    seen.sort();
    ids.sort();
    assert_eq!(seen, ids, "each once");

    for (limit, cursor) in
        [(Some(0), None), (Some(100_000), None), (None, Some("nonsense")), (None, Some("1_"))]
    {
        let query = ListCapsulesQuery { limit, cursor: cursor.map(str::to_owned), ..Default::default() };
        refused(control.list_capsules(team, &query).await, ErrorCode::InvalidRequest);
    }
}

#[tokio::test]
async fn a_runtime_that_the_server_lacks_is_refused_by_name() {
    let fixture = Fixture::new().await;
    let request = CreateCapsuleRequest { runtime: Some(RuntimeKind::Microvm), ..request() };
    let refusal = fixture.control.create_capsule(&fixture.team, &request).await;
    let message = refused(refusal, ErrorCode::InvalidRequest);
    assert_eq!(
        message,
        "This server has no runtime `microvm`. Set `runtime` to `container`, or leave it away."
    );
    let request = CreateCapsuleRequest { runtime: Some(RuntimeKind::Container), ..request };
    let made = fixture.control.create_capsule(&fixture.team, &request).await.unwrap();
    assert_eq!(made.runtime, RuntimeKind::Container);
    fixture.control.destroy_capsule(&fixture.team, &made.id).await.unwrap();
}

#[tokio::test]
async fn the_least_memory_is_that_of_the_runtime() {
    for (capabilities, least) in [(Capabilities::CONTAINER, 32), (Capabilities::MICROVM, 96)] {
        let mut machine = Machine::new().await;
        machine.runtime = Arc::new(FakeRuntime::default().with_capabilities(capabilities));
        let fixture = Fixture::on(machine).await;
        let too_little = CreateCapsuleRequest { memory_mb: Some(least - 1), ..request() };
        let message = refused(
            fixture.control.create_capsule(&fixture.team, &too_little).await,
            ErrorCode::InvalidRequest,
        );
        let kind = capabilities.kind;
        assert_eq!(message, format!("Set `memory_mb` to a number from {least} to 1048576 for a {kind}."));
    }
}

fn deny(entry: &str) -> wrenn_api::NetworkPolicy {
    wrenn_api::NetworkPolicy { deny_out: vec![entry.to_owned()], ..wrenn_api::NetworkPolicy::default() }
}
