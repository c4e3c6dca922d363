//! What a template starts with its capsules, on the real agent.

use std::net::TcpListener;

use wrenn_api::{Capsule, CapsuleStatus, CreateCapsuleRequest};
use wrenn_runtime::template::{Defaults, StartCommand};

use crate::fixture::{Fixture, eventually, shell};

async fn capsule(fixture: &Fixture, argv: &[&str], ready_port: Option<u16>) -> Capsule {
    let argv = argv.iter().map(|&part| part.to_owned()).collect();
    let defaults = Defaults { start: Some(StartCommand { argv, ready_port }), ..Defaults::default() };
    fixture.machine.template("starting", defaults).await;
    let request = CreateCapsuleRequest { template: Some("starting".to_owned()), ..Default::default() };
    fixture.control.create_capsule(&fixture.team, &request).await.unwrap()
}

async fn look(fixture: &Fixture, capsule: &Capsule) -> Capsule {
    fixture.control.get_capsule(&fixture.team, &capsule.id).await.unwrap()
}

/// A port on which nothing listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_capsule_is_ready_when_its_port_is_open_and_not_before() {
    let mut fixture = Fixture::new().await;
    let port = free_port();
    let capsule = capsule(&fixture, &["sleep", "1000"], Some(port)).await;
    assert_eq!((capsule.status, capsule.ready), (CapsuleStatus::Running, false));
    eventually("it runs", async || {
        let list = fixture.control.list_processes(&fixture.team, &capsule.id).await.unwrap();
        list.processes.iter().any(|process| process.tag.as_deref() == Some("start") && process.cmd == "sleep")
    })
    .await;
    assert!(!look(&fixture, &capsule).await.ready);

    // Another server goes on where this one is killed, and does not start it again.
    fixture.control.abandon().await;
    fixture.control = fixture.machine.open().await;
    assert!(!look(&fixture, &capsule).await.ready);
    let _listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    eventually("it is ready", async || look(&fixture, &capsule).await.ready).await;
    let list = fixture.control.list_processes(&fixture.team, &capsule.id).await.unwrap();
    assert_eq!(list.processes.len(), 1);

    fixture.control.shutdown().await;
    fixture.control = fixture.machine.open().await;
    assert!(look(&fixture, &capsule).await.ready, "it is known after a restart");
}

#[tokio::test]
async fn a_command_that_fails_says_why_and_the_capsule_lives_on() {
    let fixture = Fixture::new().await;
    for (argv, port, reason) in [
        (["/bin/sh", "-c", "echo the reason >&2; exit 3"], None, "exit status 3: the reason"),
        (["/no/such/program", "", ""], None, "/no/such/program"),
        (["/bin/sh", "-c", "exit 0"], Some(free_port()), "before anything listened on port"),
        (["/bin/sh", "-c", "kill -9 $$"], Some(free_port()), "killed"),
    ] {
        let capsule = capsule(&fixture, &argv, port).await;
        eventually("it fails", async || look(&fixture, &capsule).await.start_error.is_some()).await;
        let failed = look(&fixture, &capsule).await;
        let said = failed.start_error.unwrap();
        assert!(said.contains(reason), "{said}");
        assert_eq!((failed.status, failed.ready), (CapsuleStatus::Running, false));
        let output = fixture.control.exec_foreground(&fixture.team, &capsule.id, &shell("echo alive")).await;
        assert_eq!(output.unwrap().stdout, "alive\n");
    }
}

#[tokio::test]
async fn without_a_port_it_is_ready_when_it_runs_or_is_done() {
    let fixture = Fixture::new().await;
    let mark = fixture.machine.dir.path().join("mark");
    let script = format!("echo done >> {}", mark.display());
    let done = capsule(&fixture, &["/bin/sh", "-c", &script], None).await;
    eventually("it is ready", async || look(&fixture, &done).await.ready).await;
    eventually("it is done", async || std::fs::read_to_string(&mark).is_ok()).await;
    let runs = capsule(&fixture, &["sleep", "1000"], None).await;
    eventually("it is ready", async || look(&fixture, &runs).await.ready).await;
    assert_eq!(look(&fixture, &done).await.start_error, None);
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "done\n", "it was started once");
}
