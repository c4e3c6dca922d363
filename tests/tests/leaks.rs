//! Two hundred capsules come and go; nothing of them stays.

use std::collections::BTreeSet;

use wrenn_tests::{Leaks, TestServer};

/// What a machine has of things that capsules are made of, counted from outside.
fn descriptors(pid: u32) -> usize {
    std::fs::read_dir(format!("/proc/{pid}/fd")).expect("the server lives").count()
}

#[tokio::test]
async fn two_hundred_capsules_leave_nothing_behind() {
    let server = TestServer::start().await;
    // The first one opens what stays open: caches, pools.
    let first = server.capsule().await;
    first.destroy().await.unwrap();
    let before = descriptors(server.pid());
    let mut ids = BTreeSet::new();
    for round in 0..200 {
        let capsule = server.client().create_capsule("minimal").await.unwrap();
        let output = capsule.commands().exec("echo").arg(round.to_string()).await.unwrap();
        assert_eq!(output.stdout, format!("{round}\n"));
        capsule.destroy().await.unwrap();
        assert!(ids.insert(capsule.id().to_owned()), "an id came twice");
    }
    for id in &ids {
        assert_eq!(Leaks::of(id, server.data_dir()), Leaks::default(), "capsule {id}");
    }
    let after = descriptors(server.pid());
    assert!(after <= before + 20, "the server had {before} descriptors open and has {after}");
    // And the machine still makes capsules.
    let last = server.capsule().await;
    assert!(last.commands().exec("true").await.unwrap().success());
    server.assert_clean().await;
}
