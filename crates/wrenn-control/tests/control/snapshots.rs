//! Snapshots as templates.

use std::sync::Arc;

use wrenn_api::{
    CapsuleStatus, CreateCapsuleRequest, CreateSnapshotRequest, ErrorCode, ForkCapsuleRequest, RuntimeKind,
    TeamId, TemplateType,
};
use wrenn_runtime::{
    Kind,
    fake::Operation,
    template::{Defaults, NewSnapshot},
};

use crate::fixture::{Fixture, TEMPLATE, refused, request};

fn named(id: &wrenn_api::CapsuleId, name: &str) -> CreateSnapshotRequest {
    CreateSnapshotRequest { sandbox_id: id.clone(), name: Some(name.to_owned()) }
}

/// How many layers are being written or kept.
fn layers(fixture: &Fixture) -> usize {
    let templates = fixture.machine.dir.path().join("templates");
    ["tmp", "images"]
        .map(|dir| std::fs::read_dir(templates.join(dir)).map_or(0, Iterator::count))
        .iter()
        .sum()
}

#[tokio::test]
async fn a_snapshot_is_a_template_of_its_team() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let capsule = fixture.capsule().await;
    let made = control.create_snapshot(team, &named(&capsule.id, "mine"), false).await.unwrap();
    assert_eq!((made.name.as_str(), made.kind), ("mine", TemplateType::Snapshot));
    assert_eq!((made.vcpus, made.memory_mb), (Some(2), Some(256)));
    assert_eq!(control.get_capsule(team, &capsule.id).await.unwrap().status, CapsuleStatus::Running);
    let copy = CreateCapsuleRequest { template: Some("mine".to_owned()), ..request() };
    let copied = control.create_capsule(team, &copy).await.unwrap();
    assert_eq!(copied.template, "mine");

    let stranger = TeamId::generate();
    refused(control.create_capsule(&stranger, &copy).await, ErrorCode::NotFound);
    refused(control.delete_snapshot(&stranger, "mine").await, ErrorCode::NotFound);
    refused(control.create_snapshot(&stranger, &named(&capsule.id, "x"), false).await, ErrorCode::NotFound);
    let names = async |team: &TeamId| {
        let all = control.list_templates(team, Some(TemplateType::Snapshot)).await.unwrap();
        all.into_iter().map(|template| template.name).collect::<Vec<_>>()
    };
    assert_eq!(names(team).await, [TEMPLATE, "mine"]);
    assert_eq!(names(&stranger).await, [TEMPLATE]);

    control.delete_snapshot(team, "mine").await.unwrap();
    refused(control.delete_snapshot(team, "mine").await, ErrorCode::NotFound);
    refused(control.create_capsule(team, &copy).await, ErrorCode::NotFound);
    control.check_running(team, &copied.id).await.expect("capsules made from it are unharmed");
    control.create_snapshot(team, &named(&copied.id, "again"), false).await.unwrap();
}

#[tokio::test]
async fn names_are_taken_once_reserved_or_generated() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    control.create_snapshot(team, &named(id, "name"), false).await.unwrap();
    refused(control.create_snapshot(team, &named(id, "name"), false).await, ErrorCode::Conflict);
    control.create_snapshot(team, &named(id, "name"), true).await.unwrap();
    refused(control.create_snapshot(team, &named(id, "minimal"), true).await, ErrorCode::Conflict);
    refused(control.create_snapshot(team, &named(id, "../up"), true).await, ErrorCode::InvalidRequest);
    let unnamed = CreateSnapshotRequest { sandbox_id: id.clone(), name: None };
    let made = control.create_snapshot(team, &unnamed, false).await.unwrap();
    let digits = made.name.strip_prefix("template-").unwrap();
    assert!(digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()), "{digits}");
    control.destroy_capsule(team, id).await.unwrap();
    refused(control.create_snapshot(team, &unnamed, false).await, ErrorCode::InvalidState);
}

#[tokio::test]
async fn a_snapshot_that_fails_or_is_cut_off_leaves_nothing() {
    let fixture = Arc::new(Fixture::new().await);
    let id = fixture.capsule().await.id;
    let before = layers(&fixture);
    fixture.machine.runtime.fail(Operation::Snapshot, 1);
    let result = fixture.control.create_snapshot(&fixture.team, &named(&id, "name"), false).await;
    refused(result, ErrorCode::InternalError);
    assert_eq!(layers(&fixture), before);

    let _hold = fixture.machine.runtime.hold(Operation::Snapshot);
    let copying = tokio::spawn({
        let (fixture, request) = (Arc::clone(&fixture), named(&id, "name"));
        async move { fixture.control.create_snapshot(&fixture.team, &request, false).await }
    });
    fixture.machine.runtime.wait_begun(Operation::Snapshot, 2).await;
    fixture.control.destroy_capsule(&fixture.team, &id).await.unwrap();
    refused(copying.await.unwrap(), ErrorCode::InvalidState);
    assert_eq!(layers(&fixture), before);
    refused(fixture.control.delete_snapshot(&fixture.team, "name").await, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_template_that_holds_memory_decides_on_runtime_and_size() {
    let fixture = Fixture::new().await;
    let templates = fixture.machine.templates();
    for (name, runtime) in [("of-vm", Kind::Microvm), ("of-container", Kind::Container)] {
        let layer = templates.new_layer().unwrap();
        std::fs::create_dir(layer.path()).unwrap();
        let snapshot = NewSnapshot {
            team: None,
            name: name.to_owned(),
            overwrite: false,
            below: Vec::new(),
            vcpus: 2,
            memory_mb: 256,
            runtime: Some(runtime),
            defaults: Defaults::default(),
        };
        templates.add_snapshot(layer, snapshot).await.unwrap();
    }
    let listed = fixture.control.list_templates(&fixture.team, None).await.unwrap();
    let of = |name: &str| listed.iter().find(|template| template.name == name).unwrap().runtime;
    assert_eq!((of("of-vm"), of(TEMPLATE)), (Some(RuntimeKind::Microvm), None));

    let from = |name: &str| CreateCapsuleRequest { template: Some(name.to_owned()), ..Default::default() };
    let create = async |request| fixture.control.create_capsule(&fixture.team, &request).await;
    let contradicts = CreateCapsuleRequest { runtime: Some(RuntimeKind::Container), ..from("of-vm") };
    let message = refused(create(contradicts).await, ErrorCode::InvalidRequest);
    assert!(message.ends_with("Set `runtime` to `microvm`, or leave it away."), "{message}");
    let message = refused(create(from("of-vm")).await, ErrorCode::InvalidRequest);
    assert!(message.ends_with("and this server has none. Choose another template."), "{message}");
    let larger = CreateCapsuleRequest { memory_mb: Some(512), ..from("of-container") };
    let message = refused(create(larger).await, ErrorCode::InvalidRequest);
    assert!(message.ends_with("Leave `vcpus` and `memory_mb` away."), "{message}");
    let same = CreateCapsuleRequest { memory_mb: Some(256), ..from("of-container") };
    assert_eq!(create(same).await.unwrap().runtime, RuntimeKind::Container);
}

#[tokio::test]
async fn copies_belong_to_the_team_of_the_original() {
    let fixture = Fixture::new().await;
    let (control, team) = (&fixture.control, &fixture.team);
    let original = fixture.capsule().await;
    let two = ForkCapsuleRequest { count: Some(2) };
    let forked = control.fork_capsule(team, &original.id, &two).await.unwrap();
    assert_eq!((forked.capsules.len(), forked.memory), (2, false));
    for copy in &forked.capsules {
        assert_eq!((copy.status, &copy.template), (CapsuleStatus::Running, &original.template));
        assert_eq!(control.get_capsule(team, &copy.id).await.unwrap().id, copy.id);
    }
    let strangers = TeamId::generate();
    refused(control.fork_capsule(&strangers, &original.id, &two).await, ErrorCode::NotFound);
    for count in [0, 101] {
        let many = ForkCapsuleRequest { count: Some(count) };
        refused(control.fork_capsule(team, &original.id, &many).await, ErrorCode::InvalidRequest);
    }
    // The fixture's server takes 20 capsules.
    let full = ForkCapsuleRequest { count: Some(18) };
    refused(control.fork_capsule(team, &original.id, &full).await, ErrorCode::NoHostsAvailable);
}
