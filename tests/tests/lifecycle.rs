//! Pause, resume, destroy, lists, and requests that come in the wrong state or all at once.

use futures_util::future::join_all;
use wrenn::{Capsule, CapsuleStatus, Error, OnTimeout, Signal};
use wrenn_tests::{TestServer, eventually};

async fn shell(capsule: &Capsule, script: &str) -> String {
    let output = capsule.commands().exec("sh").args(["-c", script]).await.expect("exec");
    assert!(output.success(), "{script}: {output:?}");
    output.stdout.trim().to_owned()
}

#[tokio::test]
async fn creation_takes_sizes_variables_and_notes() {
    let server = TestServer::start().await;
    let client = server.client();
    let capsule = client
        .create_capsule("minimal")
        .vcpus(2)
        .memory_mb(256)
        .timeout_sec(300)
        .env("COLOUR", "green")
        .metadata("owner", "ci")
        .await
        .unwrap();
    let info = capsule.wait_for_ready().await.unwrap();
    assert_eq!((info.status, info.template.as_str()), (CapsuleStatus::Running, "minimal"));
    assert_eq!((info.vcpus, info.memory_mb, info.timeout_sec), (2, 256, 300));
    assert!(info.started_at.is_some());
    assert_eq!(shell(&capsule, "echo $COLOUR").await, "green");

    let other = server.capsule().await;
    let ids = |capsules: Vec<wrenn::api::Capsule>| -> Vec<String> {
        capsules.into_iter().map(|capsule| capsule.id.to_string()).collect()
    };
    assert_eq!(ids(client.capsules().list().metadata("owner", "ci").await.unwrap()), [capsule.id()]);
    assert_eq!(client.capsules().list().await.unwrap().len(), 2);
    assert_eq!(client.capsules().list().limit(1).await.unwrap().len(), 1);
    other.pause().await.unwrap();
    assert_eq!(ids(client.capsules().list().status(CapsuleStatus::Paused).await.unwrap()), [other.id()]);
    let (status, page) = server.call("GET", "/capsules?limit=1", None).await;
    assert_eq!((status, page.as_array().map(Vec::len)), (200, Some(1)));
    server.assert_clean().await;
}

#[tokio::test]
async fn a_destroyed_capsule_can_still_be_read() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    capsule.destroy().await.unwrap();
    assert_eq!(capsule.info().await.unwrap().status, CapsuleStatus::Stopped);
    capsule.destroy().await.expect("a second time is fine");
    assert!(server.client().capsules().list().await.unwrap().is_empty(), "stopped ones only when asked for");
    assert_eq!(server.client().capsules().list().status(CapsuleStatus::Stopped).await.unwrap().len(), 1);
    for refused in [
        capsule.commands().exec("true").await.map(|_| ()),
        capsule.pause().await.map(|_| ()),
        capsule.resume().await.map(|_| ()),
        capsule.files().read("/etc/passwd").await.map(|_| ()),
    ] {
        let Err(Error::Conflict(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal.code, "invalid_state");
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn fifty_pauses_lose_nothing() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    shell(&capsule, "head -c 1M /dev/urandom > /root/data; sha256sum /root/data > /root/sum").await;
    let count = "i=0; while :; do i=$((i + 1)); echo $i > /tmp/next && mv /tmp/next /tmp/count; done";
    capsule.commands().start("sh").args(["-c", count]).tag("counter").await.unwrap();
    let mut last = 0_u64;
    for round in 0..50 {
        assert_eq!(capsule.pause().await.unwrap().status, CapsuleStatus::Paused);
        if round == 0 {
            let refused = capsule.pause().await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
            let refused = capsule.commands().exec("true").await;
            assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
        }
        assert_eq!(capsule.resume().await.unwrap().status, CapsuleStatus::Running);
        let now = eventually("the counter goes on", || async {
            let count =
                shell(&capsule, "cat /tmp/count 2>/dev/null || echo 0").await.parse::<u64>().unwrap_or(0);
            (count > last).then_some(count)
        })
        .await;
        last = now;
    }
    assert_eq!(shell(&capsule, "sha256sum --check --quiet /root/sum && echo whole").await, "whole");
    let listed = capsule.commands().list().await.unwrap();
    assert!(listed.iter().any(|process| process.tag.as_deref() == Some("counter")));
    let refused = capsule.resume().await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    capsule.commands().kill("counter", Signal::Kill).await.unwrap();
    server.assert_clean().await;
}

#[tokio::test]
async fn a_thousand_requests_at_once_leave_every_capsule_in_a_settled_state() {
    let server = TestServer::start().await;
    let capsules = join_all((0..10).map(|_| server.capsule())).await;
    let ids: Vec<String> = capsules.iter().map(|capsule| capsule.id().to_owned()).collect();
    let clients = (0..20_usize).map(|client| {
        let (server, ids) = (&server, &ids);
        async move {
            for step in 0..50_usize {
                let id = &ids[(client * 7 + step * 3) % ids.len()];
                // A fixed mixture that differs from client to client.
                let (method, path) = match (client * 31 + step * 17) % 7 {
                    0 | 1 => ("POST", format!("/capsules/{id}/pause")),
                    2 | 3 => ("POST", format!("/capsules/{id}/resume")),
                    4 => ("GET", format!("/capsules/{id}")),
                    5 => ("POST", format!("/capsules/{id}/ping")),
                    _ if client == 0 && step > 40 => ("DELETE", format!("/capsules/{id}")),
                    _ => ("GET", format!("/capsules/{id}/processes")),
                };
                let (status, body) = server.call(method, &path, None).await;
                assert!(matches!(status, 200 | 204 | 409), "{method} {path}: {status} {body}");
            }
        }
    });
    join_all(clients).await;
    for capsule in &capsules {
        let status = eventually("a settled state", || async {
            let status = capsule.info().await.expect("info").status;
            (!status.is_transitional()).then_some(status)
        })
        .await;
        match status {
            CapsuleStatus::Paused => {
                capsule.resume().await.unwrap();
                assert_eq!(shell(capsule, "echo alive").await, "alive");
            }
            CapsuleStatus::Running => assert_eq!(shell(capsule, "echo alive").await, "alive"),
            CapsuleStatus::Stopped => {}
            other => panic!("a capsule is {other}"),
        }
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn an_idle_capsule_pauses_or_goes_and_a_used_one_stays() {
    let server = TestServer::start().await;
    let client = server.client();
    let create = |seconds| client.create_capsule("minimal").timeout_sec(seconds);
    let pausing = create(1).await.unwrap();
    let going = create(1).on_timeout(OnTimeout::Destroy).await.unwrap();
    // One with an open stream is in use however long the stream is silent.
    let used = create(1).await.unwrap();
    let mut stream = used.commands().stream("sleep").arg("1000").await.unwrap();
    stream.next().await.expect("an event").expect("started");
    let status_of = |capsule: Capsule| async move { capsule.info().await.expect("info").status };
    eventually("the idle one is paused", || async {
        (status_of(pausing.clone()).await == CapsuleStatus::Paused).then_some(())
    })
    .await;
    eventually("the other idle one is gone", || async {
        (status_of(going.clone()).await == CapsuleStatus::Stopped).then_some(())
    })
    .await;
    assert_eq!(status_of(used.clone()).await, CapsuleStatus::Running, "its stream is open");
    drop(stream);
    eventually("the used one is paused after its stream", || async {
        (status_of(used.clone()).await == CapsuleStatus::Paused).then_some(())
    })
    .await;
    server.assert_clean().await;
}

#[tokio::test]
async fn the_death_of_a_capsule_is_noticed_and_said() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let pids = std::fs::read_dir("/proc").unwrap().flatten();
    let first = pids
        .filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok())
        .find(|pid| {
            let read = |name| std::fs::read_to_string(format!("/proc/{pid}/{name}")).unwrap_or_default();
            let is_first =
                read("status").lines().any(|line| line.starts_with("NSpid:") && line.ends_with("\t1"));
            is_first && read("cgroup").contains(capsule.id())
        })
        .expect("the capsule's first process");
    assert!(std::process::Command::new("kill").args(["-9", &first.to_string()]).status().unwrap().success());
    eventually("its death is noticed", || async {
        let status = capsule.info().await.expect("info").status;
        matches!(status, CapsuleStatus::Error | CapsuleStatus::Stopped).then_some(())
    })
    .await;
    let refused = capsule.commands().exec("true").await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    server.assert_clean().await;
}
