//! Copies of running and paused capsules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use wrenn::{Capsule, Error};
use wrenn_tests::TestServer;

async fn shell(capsule: &Capsule, script: &str) -> String {
    let output = capsule.commands().exec("sh").args(["-c", script]).await.expect("exec");
    assert!(output.success(), "{script}: {output:?}");
    output.stdout.trim().to_owned()
}

#[tokio::test]
async fn twenty_copies_have_the_files_and_differ_in_what_is_their_own() {
    let server = TestServer::start().await;
    let create = server.client().create_capsule("minimal").env("MODE", "test").metadata("owner", "fork");
    let original = create.await.unwrap();
    original.wait_for_ready().await.unwrap();
    shell(&original, "echo kept > /root/file; rm -r /home/user; mkdir /srv/deep; chown user /srv/deep").await;
    original.commands().start("sleep").arg("1000").tag("sleeper").await.unwrap();

    let forked = original.fork_info(20).await.unwrap();
    assert_eq!(forked.capsules.len(), 20);
    assert_eq!(original.commands().list().await.unwrap().len(), 1, "the original goes on");
    let info = original.info().await.unwrap();
    let (mut random, mut names) = (BTreeSet::new(), BTreeSet::new());
    for copy in &forked.capsules {
        // Many virtual machines in software emulation take longer than an answer waits.
        server.client().capsule(copy.id.as_str()).wait_for_ready().await.unwrap();
        assert_eq!(copy.runtime, info.runtime);
        assert_eq!((&copy.template, copy.memory_mb), (&info.template, info.memory_mb));
        assert_eq!(copy.metadata, BTreeMap::from([("owner".to_owned(), "fork".to_owned())]));
        let copy = server.client().capsule(copy.id.as_str());
        assert_eq!(
            shell(&copy, "cat /root/file; stat -c %U /srv/deep; ls /home; echo $MODE").await,
            "kept\nuser\ntest"
        );
        let processes = copy.commands().list().await.unwrap();
        assert_eq!(!processes.is_empty(), forked.memory, "{processes:?}");
        random.insert(shell(&copy, "head -c 16 /dev/urandom | od -An -tx1").await);
        names.insert(shell(&copy, "hostname").await);
        shell(&copy, "echo changed > /root/file").await;
    }
    assert_eq!((random.len(), names.len()), (20, 20));
    assert_eq!(shell(&original, "cat /root/file").await, "kept");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_paused_capsule_is_copied_also_after_a_restart() {
    let mut server = TestServer::start().await;
    let original = server.capsule().await;
    shell(&original, "echo kept > /root/file").await;
    original.pause().await.unwrap();
    server.kill();
    server.restart().await;
    let original = server.client().capsule(original.id());
    let copies = original.fork(1).await.unwrap();
    assert_eq!(shell(&copies[0], "cat /root/file").await, "kept");
    assert_eq!(original.info().await.unwrap().status, wrenn::CapsuleStatus::Paused);
    // A copy of a copy.
    shell(&copies[0], "echo more >> /root/file").await;
    let second = copies[0].fork(1).await.unwrap();
    copies[0].destroy().await.unwrap();
    assert_eq!(shell(&second[0], "cat /root/file").await, "kept\nmore");
    server.assert_clean().await;
}

#[tokio::test]
async fn what_cannot_be_copied_is_refused_and_says_why() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let path = format!("/capsules/{}/fork", capsule.id());
    for count in [json!(0), json!(101)] {
        let (status, body) = server.call("POST", &path, Some(json!({ "count": count }))).await;
        assert_eq!((status, &body["error"]["code"]), (400, &json!("invalid_request")), "{body}");
        assert_eq!(body["error"]["message"], "Set `count` to a number from 1 to 100.");
    }
    let absent = server.client().capsule("cl-0000000000000000000000000").fork(1).await;
    assert!(matches!(absent, Err(Error::NotFound(_))), "{absent:?}");
    capsule.destroy().await.unwrap();
    let ended = capsule.fork(1).await;
    assert!(matches!(ended, Err(Error::Conflict(_))), "{ended:?}");

    let (status, body) = server.call("POST", "/capsules", Some(json!({ "runtime": "gvisor" }))).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("invalid_request")), "{body}");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_server_without_room_for_all_copies_makes_none() {
    let options =
        wrenn_tests::Options { args: vec!["--max-capsules".into(), "3".into()], ..Default::default() };
    let server = TestServer::start_with(options).await;
    let capsule = server.capsule().await;
    let path = format!("/capsules/{}/fork", capsule.id());
    let (status, body) = server.call("POST", &path, Some(json!({ "count": 3 }))).await;
    assert_eq!((status, &body["error"]["code"]), (503, &json!("no_hosts_available")), "{body}");
    assert_eq!(server.client().capsules().list().await.unwrap().len(), 1);
    assert_eq!(capsule.fork(2).await.unwrap().len(), 2);
    server.assert_clean().await;
}

#[tokio::test]
async fn the_command_line_prints_the_copies() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let output = server.cli().args(["capsule", "fork", capsule.id(), "-n", "2"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let ids = String::from_utf8(output.stdout).unwrap();
    assert_eq!(ids.lines().count(), 2);
    for id in ids.lines() {
        assert_eq!(shell(&server.client().capsule(id), "echo here").await, "here");
    }
    server.assert_clean().await;
}
