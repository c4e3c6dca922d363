//! What goes on for a while: it keeps the capsule awake, and ends when the capsule does.

use bytes::Bytes;
use wrenn_agent_proto::{AgentError, ProcessEvent};
use wrenn_api::{CreateCapsuleRequest, ErrorCode, ProcessSelector, PtyStart, Signal, StreamStart};
use wrenn_control::ProcessStream;

use crate::fixture::{Fixture, PATIENCE, refused, request};

fn cat() -> StreamStart {
    StreamStart { cmd: "cat".to_owned(), ..Default::default() }
}

async fn next(stream: &mut ProcessStream) -> Result<Option<ProcessEvent>, AgentError> {
    tokio::time::timeout(PATIENCE, stream.next()).await.expect("something happens")
}

async fn pid(stream: &mut ProcessStream) -> ProcessSelector {
    match next(stream).await.unwrap() {
        Some(ProcessEvent::Started { pid }) => ProcessSelector::Pid(pid),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_followed_command_is_fed_and_ends() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    let mut stream = control.exec_stream(team, id, &cat()).await.unwrap();
    let process = pid(&mut stream).await;
    control.send_stdin(team, id, &process, Bytes::from_static(b"echo")).await.unwrap();
    assert_eq!(next(&mut stream).await.unwrap(), Some(ProcessEvent::Stdout(Bytes::from_static(b"echo"))));
    let mut second = control.connect_process(team, id, &process).await.unwrap();
    assert_eq!(pid(&mut second).await, process);
    assert_eq!(next(&mut second).await.unwrap(), Some(ProcessEvent::Stdout(Bytes::from_static(b"echo"))));
    control.close_stdin(team, id, &process).await.unwrap();
    for stream in [&mut stream, &mut second] {
        assert!(matches!(next(stream).await.unwrap(), Some(ProcessEvent::Ended(exit)) if exit.code == 0));
        assert_eq!(next(stream).await.unwrap(), None);
    }
}

#[tokio::test]
async fn streams_end_at_once_with_the_capsule_and_say_why() {
    for dies in [true, false] {
        let fixture = Fixture::new().await;
        let Fixture { control, team, machine } = &fixture;
        let id = &fixture.capsule().await.id;
        let mut stream = control.exec_stream(team, id, &cat()).await.unwrap();
        let process = pid(&mut stream).await;
        let waiting = tokio::spawn(async move { next(&mut stream).await });
        let agent = control.agent(team, id).await.unwrap().0;
        if dies {
            machine.runtime.kill(id.as_str());
        } else {
            control.destroy_capsule(team, id).await.unwrap();
        }
        let error = waiting.await.unwrap().unwrap_err();
        assert!(error.to_string().starts_with("The capsule has ended: it "), "{error}");
        // The process is none of the capsule's here, so that it is for the test to end it, if the agent still answers.
        let ProcessSelector::Pid(pid) = process else { panic!("it has an id") };
        let _ = agent.send_signal(pid, wrenn_agent_proto::process::Signal::SIGNAL_SIGKILL).await;
        let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

#[tokio::test]
async fn an_open_stream_keeps_a_capsule_from_its_timeout() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let request = CreateCapsuleRequest { timeout_sec: Some(1), ..request() };
    let id = &control.create_capsule(team, &request).await.unwrap().id;
    let mut stream = control.exec_stream(team, id, &cat()).await.unwrap();
    let process = pid(&mut stream).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    control.kill_process(team, id, &process, Signal::Kill).await.unwrap();
    while next(&mut stream).await.unwrap().is_some() {}
    drop(stream);
    crate::fixture::eventually("it is paused", async || {
        control.get_capsule(team, id).await.unwrap().status == wrenn_api::CapsuleStatus::Paused
    })
    .await;
}

#[tokio::test]
async fn a_terminal_is_left_and_joined_again() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    let start =
        PtyStart { cmd: Some("/bin/sh".to_owned()), tag: Some("shell".to_owned()), ..Default::default() };
    let (tag, mut terminal) = control.start_pty(team, id, &start).await.unwrap();
    assert_eq!(tag, "shell");
    pid(&mut terminal).await;
    drop(terminal);
    let shell = ProcessSelector::Tag(tag.clone());
    control.resize_pty(team, id, &shell, 100, 40).await.unwrap();
    control.send_pty(team, id, &shell, Bytes::from_static(b"stty size; exit 7\n")).await.unwrap();
    let mut joined = control.connect_pty(team, id, &tag).await.unwrap();
    let mut seen = Vec::new();
    let exit = loop {
        match next(&mut joined).await.unwrap() {
            Some(ProcessEvent::Pty(bytes)) => seen.extend_from_slice(&bytes),
            Some(ProcessEvent::Ended(exit)) => break exit,
            Some(_) => {}
            None => panic!("it ended without an exit"),
        }
    };
    assert_eq!(exit.code, 7);
    let seen = String::from_utf8_lossy(&seen);
    assert!(seen.contains("40 100"), "{seen}");
    refused(control.connect_pty(team, id, "nobody").await.map(drop), ErrorCode::NotFound);
    let flat = PtyStart { rows: Some(0), ..Default::default() };
    refused(control.start_pty(team, id, &flat).await.map(drop), ErrorCode::InvalidRequest);
}
