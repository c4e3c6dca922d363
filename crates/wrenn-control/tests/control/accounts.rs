//! The first start, and keys.

use std::os::unix::fs::PermissionsExt as _;

use wrenn_api::{ErrorCode, TeamId};

use crate::fixture::{Fixture, Machine, refused};

#[tokio::test]
async fn the_first_start_makes_a_key_and_writes_a_private_file() {
    let machine = Machine::new().await;
    let control = machine.open().await;
    let file = machine.dir.path().join("data/bootstrap.json");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let credentials = control.credentials().unwrap();
    assert_eq!(credentials.base_url, "http://127.0.0.1:8080");
    assert!(credentials.email.contains('@') && credentials.password.len() >= 16);
    let caller = control.authenticate_api_key(&credentials.api_key).await.unwrap();
    control.shutdown().await;

    // A later start keeps them, and follows the address.
    let control = machine.open_as("http://127.0.0.1:9090").await;
    let later = control.credentials().unwrap();
    assert_eq!(later.base_url, "http://127.0.0.1:9090");
    assert_eq!((&later.api_key, &later.password), (&credentials.api_key, &credentials.password));
    assert_eq!(control.authenticate_api_key(&later.api_key).await.unwrap(), caller);
    control.shutdown().await;

    // Its owner may remove it.
    std::fs::remove_file(&file).unwrap();
    let control = machine.open().await;
    assert!(!file.exists());
    control.authenticate_api_key(&later.api_key).await.unwrap();
}

#[tokio::test]
async fn only_keys_that_are_known_and_not_deleted_are_taken() {
    let fixture = Fixture::new().await;
    let control = &fixture.control;
    let well_formed = format!("wrn_{}", "a".repeat(32));
    for key in ["", "wrn_", "nonsense", &well_formed, &format!("{well_formed}a"), "wrn_äääääääääääääääää"]
    {
        refused(control.authenticate_api_key(key).await, ErrorCode::Unauthorized);
    }
    let made = control.create_api_key(&fixture.team, Some("for tests")).await.unwrap();
    assert!(made.key.starts_with("wrn_") && made.key.len() == 36);
    assert_eq!(made.record.key_prefix, format!("{}...", &made.key[..12]));
    assert_eq!(control.authenticate_api_key(&made.key).await.unwrap().team_id, fixture.team);
    let names: Vec<_> =
        control.list_api_keys(&fixture.team).await.unwrap().into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["First key", "for tests"]);

    let stranger = TeamId::generate();
    refused(control.delete_api_key(&stranger, &made.record.id).await, ErrorCode::NotFound);
    control.authenticate_api_key(&made.key).await.unwrap();
    control.delete_api_key(&fixture.team, &made.record.id).await.unwrap();
    refused(control.authenticate_api_key(&made.key).await, ErrorCode::Unauthorized);
    refused(control.delete_api_key(&fixture.team, &made.record.id).await, ErrorCode::NotFound);
    refused(control.create_api_key(&fixture.team, Some(" ")).await, ErrorCode::InvalidRequest);
}
