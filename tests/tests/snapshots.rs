//! A capsule's files as a template for others.

use std::{fmt::Write as _, time::Duration};

use wrenn::{Capsule, Error};
use wrenn_tests::{TestServer, eventually};

async fn shell(capsule: &Capsule, script: &str) -> String {
    // A virtual machine in software hashes large files for long.
    let limit = Duration::from_secs(300);
    let output = capsule.commands().exec("sh").args(["-c", script]).timeout(limit).await.expect("exec");
    assert!(output.success(), "{script}: {output:?}");
    output.stdout.trim().to_owned()
}

#[tokio::test]
async fn a_snapshot_has_the_files_as_they_were() {
    let server = TestServer::start().await;
    let client = server.client();
    let capsule = server.capsule().await;
    let script = "echo kept > /root/file; rm /etc/debian_version; mkdir -p /srv/deep; ln -s /root/file /srv/link; \
                  chown user:user /srv/deep; chmod 700 /srv/deep; ln /root/file /root/hard; mkfifo /srv/pipe; \
                  rm -r /home/user; mkdir /home/user; echo new > /home/user/only";
    shell(&capsule, script).await;
    capsule.commands().start("sleep").arg("1000").tag("sleeper").await.unwrap();
    let template = client.snapshots().create(&capsule).name("with-file").await.unwrap();
    assert_eq!((template.name.as_str(), template.kind), ("with-file", wrenn::api::TemplateType::Snapshot));
    assert!(template.size_bytes > 0);
    assert_eq!(capsule.commands().list().await.unwrap().len(), 1, "the capsule goes on");
    shell(&capsule, "echo changed > /root/file").await;

    let copy = client.create_capsule("with-file").await.unwrap();
    let state = "cat /root/file; test -e /etc/debian_version || echo gone; readlink /srv/link; \
                 stat -c '%U %a' /srv/deep; stat -c %h /root/file; test -p /srv/pipe && echo pipe; ls -A /home/user";
    assert_eq!(shell(&copy, state).await, "kept\ngone\n/root/file\nuser 700\n2\npipe\nonly");

    // A snapshot of what came from a snapshot, and one that replaces another.
    shell(&copy, "echo second > /root/second; rm /root/hard").await;
    client.snapshots().create(&copy).name("second").await.unwrap();
    let taken = client.snapshots().create(&copy).name("with-file").await;
    assert!(matches!(taken, Err(Error::Conflict(_))), "{taken:?}");
    let third = client.create_capsule("second").await.unwrap();
    let state = "cat /root/file /root/second; test -e /root/hard || echo gone; test -e /etc/debian_version || echo gone";
    assert_eq!(shell(&third, state).await, "kept\nsecond\ngone\ngone");
    client.snapshots().create(&third).name("with-file").overwrite(true).await.unwrap();

    let unnamed = client.snapshots().create(&third).await.unwrap();
    assert!(unnamed.name.starts_with("template-") && unnamed.name.len() == 17, "{}", unnamed.name);
    let names: Vec<_> =
        client.snapshots().list().await.unwrap().into_iter().map(|template| template.name).collect();
    for name in ["minimal", "with-file", "second", unnamed.name.as_str()] {
        assert!(names.iter().any(|listed| listed == name), "{name} is not in {names:?}");
    }

    // Deleting what capsules are made of harms none of them, also after a pause.
    third.pause().await.unwrap();
    for name in ["with-file", "second", unnamed.name.as_str()] {
        client.snapshots().delete(name).await.unwrap();
    }
    third.resume().await.unwrap();
    assert_eq!(shell(&third, "cat /root/second").await, "second");
    assert_eq!(shell(&copy, "cat /root/file").await, "kept");
    let gone = client.create_capsule("second").await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_long_chain_of_snapshots_still_makes_capsules() {
    let server = TestServer::start().await;
    let client = server.client();
    let mut capsule = server.capsule().await;
    let mut expected = String::new();
    for round in 0..20 {
        shell(&capsule, &format!("echo {round} >> /root/log; rm -f /root/only-*; touch /root/only-{round}"))
            .await;
        let _ = writeln!(expected, "{round}");
        client.snapshots().create(&capsule).name("chain").overwrite(true).await.unwrap();
        capsule.destroy().await.unwrap();
        capsule = client.create_capsule("chain").await.unwrap();
        assert_eq!(shell(&capsule, "cat /root/log; ls /root/").await, format!("{expected}log\nonly-{round}"));
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn a_server_killed_during_a_snapshot_leaves_no_half_of_one() {
    let mut server = TestServer::start().await;
    let capsule = server.capsule().await;
    shell(&capsule, "head -c 200M /dev/urandom > /root/large; sha256sum /root/large > /root/sum").await;
    let client = server.client();
    let id = capsule.id().to_owned();
    let taking = tokio::spawn(async move {
        let capsule = client.capsule(id);
        client.snapshots().create(&capsule).name("half").await
    });
    tokio::time::sleep(Duration::from_millis(40)).await;
    server.kill();
    let outcome = taking.await.unwrap();
    server.restart().await;
    let client = server.client();
    let capsule = client.capsule(capsule.id());
    let listed = client.snapshots().list().await.unwrap();
    if outcome.is_err() && listed.iter().any(|template| template.name == "half") {
        // The answer was lost, not the snapshot: then it must be whole.
        let copy = client.create_capsule("half").await.unwrap();
        shell(&copy, "sha256sum --check /root/sum").await;
    }
    eventually("the capsule runs on", || async {
        capsule.commands().exec("true").await.is_ok_and(|output| output.success()).then_some(())
    })
    .await;
    client.snapshots().create(&capsule).name("whole").overwrite(true).await.unwrap();
    let copy = client.create_capsule("whole").await.unwrap();
    shell(&copy, "sha256sum --check /root/sum").await;
    server.assert_clean().await;
}
