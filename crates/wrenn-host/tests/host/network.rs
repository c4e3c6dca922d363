//! What capsules may reach, as the host keeps it.

use wrenn_api::NetworkPolicy;
use wrenn_host::{HostError, NewCapsule};

use crate::fixture::{Machine, new_capsule};

fn denying(entry: &str) -> NetworkPolicy {
    NetworkPolicy { deny_out: vec![entry.to_owned()], ..NetworkPolicy::default() }
}

#[tokio::test]
async fn a_policy_is_kept_changed_and_there_after_a_restart() {
    let machine = Machine::new();
    let host = machine.host().await;
    let id =
        host.create(NewCapsule { network: denying("one.example"), ..new_capsule() }).await.unwrap().record.id;
    assert_eq!(host.get(&id).unwrap().record.network, denying("one.example"));
    host.abandon().await;

    let host = machine.host().await;
    assert_eq!(host.get(&id).unwrap().record.network, denying("one.example"));
    host.pause(&id).await.unwrap();
    let view = host.set_network(&id, denying("1.2.3.4")).await.unwrap();
    assert_eq!(view.record.network, denying("1.2.3.4"));
    host.abandon().await;

    let host = machine.host().await;
    assert_eq!(host.get(&id).unwrap().record.network, denying("1.2.3.4"));
    host.destroy(&id).await.unwrap();
    assert!(matches!(host.set_network(&id, denying("a.example")).await, Err(HostError::NotFound { .. })));
    machine.assert_clean();
}

#[tokio::test]
async fn a_policy_that_cannot_be_kept_changes_nothing() {
    let machine = Machine::new();
    let host = machine.host().await;
    let wrong = denying("no name");
    let refused = host.create(NewCapsule { network: wrong.clone(), ..new_capsule() }).await;
    assert!(matches!(refused, Err(HostError::InvalidPolicy(_))));
    machine.assert_clean();
    let id = host.create(new_capsule()).await.unwrap().record.id;
    assert!(matches!(host.set_network(&id, wrong).await, Err(HostError::InvalidPolicy(_))));
    assert_eq!(host.get(&id).unwrap().record.network, NetworkPolicy::default());
    host.destroy(&id).await.unwrap();
    machine.assert_clean();
}
