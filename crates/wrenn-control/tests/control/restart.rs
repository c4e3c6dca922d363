//! Servers that are stopped or killed, and those that follow.

use wrenn_api::{CapsuleStatus, ListCapsulesQuery};
use wrenn_runtime::{Runtime as _, fake::Operation};

use crate::fixture::{Fixture, eventually, request, shell};

#[tokio::test]
async fn capsules_keys_and_what_is_known_outlast_every_server() {
    let mut fixture = Fixture::new().await;
    let running = fixture.capsule().await;
    let paused = fixture.capsule().await.id;
    fixture.control.pause_capsule(&fixture.team, &paused).await.unwrap();
    let stopped = fixture.capsule().await.id;
    fixture.control.destroy_capsule(&fixture.team, &stopped).await.unwrap();
    let key = fixture.control.credentials().unwrap().api_key;
    for killed in [true, false, true] {
        if killed {
            fixture.control.abandon().await;
        } else {
            fixture.control.shutdown().await;
        }
        fixture.control = fixture.machine.open().await;
        let Fixture { control, team, .. } = &fixture;
        assert_eq!(control.authenticate_api_key(&key).await.unwrap().team_id, *team);
        let status = async |id| control.get_capsule(team, id).await.unwrap().status;
        assert_eq!(status(&running.id).await, CapsuleStatus::Running);
        assert_eq!(status(&paused).await, CapsuleStatus::Paused);
        assert_eq!(status(&stopped).await, CapsuleStatus::Stopped);
        let said = control.exec_foreground(team, &running.id, &shell("echo still here")).await.unwrap();
        assert_eq!(said.stdout, "still here\n");
        assert_eq!(
            control.list_capsules(team, &ListCapsulesQuery::default()).await.unwrap().capsules.len(),
            2
        );
    }
}

#[tokio::test]
async fn those_that_ended_meanwhile_are_reported_as_what_they_are() {
    let mut fixture = Fixture::new().await;
    let dead = fixture.capsule().await.id;
    let lost = fixture.capsule().await.id;
    // Both are in the database before the server goes.
    fixture.control.shutdown().await;
    fixture.machine.runtime.kill(dead.as_str());
    std::fs::remove_dir_all(fixture.machine.dir.path().join("data/capsules").join(lost.as_str())).unwrap();
    fixture.control = fixture.machine.open().await;
    let Fixture { control, team, .. } = &fixture;
    assert_eq!(control.get_capsule(team, &lost).await.unwrap().status, CapsuleStatus::Missing);
    eventually("it is reported", async || {
        control.get_capsule(team, &dead).await.unwrap().status == CapsuleStatus::Error
    })
    .await;
    for id in [&dead, &lost] {
        control.destroy_capsule(team, id).await.unwrap();
        assert_eq!(control.get_capsule(team, id).await.unwrap().status, CapsuleStatus::Stopped);
    }
}

#[tokio::test]
async fn a_server_killed_during_a_creation_leaves_nothing_of_it() {
    let mut fixture = Fixture::new().await;
    let hold = fixture.machine.runtime.hold(Operation::Create);
    let creation = tokio::spawn({
        let (control, team) = (fixture.control.clone(), fixture.team.clone());
        async move { control.create_capsule(&team, &request()).await }
    });
    fixture.machine.runtime.wait_begun(Operation::Create, 1).await;
    fixture.control.abandon().await;
    creation.abort();
    drop(hold);
    fixture.control = fixture.machine.open().await;
    eventually("it is cleared", async || fixture.machine.runtime.left().is_empty()).await;
    let every = ListCapsulesQuery { status: CapsuleStatus::ALL.to_vec(), ..Default::default() };
    assert!(fixture.control.list_capsules(&fixture.team, &every).await.unwrap().capsules.is_empty());
    assert_eq!(fixture.machine.runtime.capabilities().kind, wrenn_runtime::Kind::Container);
}
