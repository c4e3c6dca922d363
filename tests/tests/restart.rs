//! The server is killed; its capsules are not.

use wrenn::{CapsuleStatus, CommandEvent, Error};
use wrenn_tests::{Leaks, TestServer, eventually, within};

#[tokio::test]
async fn a_killed_server_loses_no_capsule_no_process_and_no_output() {
    let mut server = TestServer::start().await;
    let capsule = server.capsule().await;
    capsule.files().write("/root/kept", "content").await.unwrap();
    let script = "echo before; i=0; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo after; sleep 1000";
    let process = capsule.commands().start("sh").args(["-c", script]).tag("worker").await.unwrap();
    let mut stream = capsule.commands().stream("sleep").arg("1000").await.unwrap();
    stream.next().await.expect("an event").expect("started");

    server.kill();
    let ended = within("the stream's end", stream.next()).await;
    assert!(matches!(ended, Some(Err(Error::Disconnected { .. } | Error::Connection { .. }))), "{ended:?}");
    server.restart().await;

    let capsule = server.client().capsule(capsule.id());
    assert_eq!(capsule.info().await.unwrap().status, CapsuleStatus::Running);
    assert_eq!(capsule.files().read_to_string("/root/kept").await.unwrap(), "content");
    let listed = capsule.commands().list().await.unwrap();
    let worker = listed.iter().find(|entry| entry.tag.as_deref() == Some("worker")).expect("it still runs");
    assert_eq!(worker.pid, process.pid);
    assert!(capsule.commands().exec("touch").arg("/tmp/go").await.unwrap().success());
    let mut view = capsule.commands().attach("worker").await.unwrap();
    let mut seen = String::new();
    while !seen.contains("before\nafter\n") {
        let event =
            within("output from before and after", view.next()).await.expect("an event").expect("an event");
        if let CommandEvent::Stdout(bytes) = event {
            seen += std::str::from_utf8(&bytes).unwrap();
        }
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn a_paused_capsule_survives_too() {
    let mut server = TestServer::start().await;
    let capsule = server.capsule().await;
    capsule.commands().start("sleep").arg("1000").tag("sleeper").await.unwrap();
    capsule.pause().await.unwrap();
    server.kill();
    server.restart().await;
    let capsule = server.client().capsule(capsule.id());
    assert_eq!(capsule.info().await.unwrap().status, CapsuleStatus::Paused);
    assert_eq!(capsule.resume().await.unwrap().status, CapsuleStatus::Running);
    assert_eq!(capsule.commands().list().await.unwrap().len(), 1, "its process is still there");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_server_killed_during_creations_tidies_up_what_was_half_made() {
    let mut server = TestServer::start().await;
    for round in 0..5_u64 {
        let mut creations = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let client = server.client();
            creations.spawn(async move { client.create_capsule("minimal").await });
        }
        tokio::time::sleep(std::time::Duration::from_millis(5 + 15 * round)).await;
        server.kill();
        creations.join_all().await;
        server.restart().await;
        for info in server.client().capsules().list().await.unwrap() {
            let capsule = server.client().capsule(info.id.to_string());
            // What the record calls running must really run; all else must leave no trace when it is destroyed.
            if info.status == CapsuleStatus::Running {
                assert!(capsule.commands().exec("true").await.unwrap().success());
            }
            // What was half made may be cleared away by itself before.
            let destroyed = capsule.destroy().await;
            let cleared =
                info.status != CapsuleStatus::Running && matches!(destroyed, Err(Error::NotFound(_)));
            assert!(destroyed.is_ok() || cleared, "{destroyed:?} of a capsule that was {}", info.status);
        }
        let dir = server.data_dir().join("capsules");
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let id = entry.file_name().to_string_lossy().into_owned();
            eventually("nothing is left", || async {
                (Leaks::of(&id, server.data_dir()) == Leaks::default()).then_some(())
            })
            .await;
        }
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn a_server_that_is_asked_to_end_leaves_its_capsules_running() {
    let mut server = TestServer::start().await;
    let capsule = server.capsule().await;
    let mut stream = capsule.commands().stream("sleep").arg("1000").await.unwrap();
    stream.next().await.expect("an event").expect("started");
    let status = server.terminate();
    assert!(status.success(), "{status}");
    let ended = within("the stream's end", async {
        loop {
            match stream.next().await {
                Some(Ok(_)) => {}
                other => return other,
            }
        }
    })
    .await;
    assert!(matches!(ended, Some(Err(_))), "{ended:?}");
    server.restart().await;
    let capsule = server.client().capsule(capsule.id());
    assert!(capsule.commands().exec("true").await.unwrap().success());
    server.assert_clean().await;
}
