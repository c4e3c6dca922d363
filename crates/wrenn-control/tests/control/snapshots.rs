//! Snapshots as templates.

use std::sync::Arc;

use wrenn_api::{
    CapsuleStatus, CreateCapsuleRequest, CreateSnapshotRequest, ErrorCode, TeamId, TemplateType,
};
use wrenn_runtime::fake::Operation;

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
