//! Commands, on the real agent.

use std::collections::BTreeMap;

use wrenn_api::{CapsuleId, Encoding, ErrorCode, ExecRequest, ProcessSelector, Signal};

use crate::fixture::{Fixture, eventually, refused, shell};

#[tokio::test]
async fn a_command_answers_its_output_and_exit_code() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, machine } = &fixture;
    let id = &fixture.capsule().await.id;
    let said = control.exec_foreground(team, id, &shell("echo out; echo err >&2; exit 3")).await.unwrap();
    assert_eq!((said.stdout.as_str(), said.stderr.as_str(), said.exit_code), ("out\n", "err\n", 3));
    assert_eq!((said.encoding, said.timed_out, &said.sandbox_id), (Encoding::Utf8, false, id));

    let cwd = machine.dir.path().canonicalize().unwrap().display().to_string();
    let request = ExecRequest {
        envs: BTreeMap::from([("WORD".to_owned(), "wörd".to_owned())]),
        cwd: Some(cwd.clone()),
        ..shell("echo $WORD; pwd")
    };
    let said = control.exec_foreground(team, id, &request).await.unwrap();
    assert_eq!(said.stdout, format!("wörd\n{cwd}\n"));
}

#[tokio::test]
async fn output_that_is_no_text_comes_in_base64() {
    let fixture = Fixture::new().await;
    let id = &fixture.capsule().await.id;
    let request = shell(r"printf '\377\000'; echo text >&2");
    let said = fixture.control.exec_foreground(&fixture.team, id, &request).await.unwrap();
    assert_eq!(
        (said.encoding, said.stdout.as_str(), said.stderr.as_str()),
        (Encoding::Base64, "/wA=", "dGV4dAo=")
    );
}

#[tokio::test]
async fn programs_that_cannot_run_answer_as_a_shell_does() {
    let fixture = Fixture::new().await;
    let id = &fixture.capsule().await.id;
    for (cmd, code, reason) in
        [("no-such-program", 127, "command not found"), ("/etc/passwd", 126, "permission denied")]
    {
        let request = ExecRequest { cmd: cmd.to_owned(), ..Default::default() };
        let said = fixture.control.exec_foreground(&fixture.team, id, &request).await.unwrap();
        assert_eq!((said.exit_code, said.stderr), (code, format!("{cmd}: {reason}\n")));
    }
    let killed = fixture.control.exec_foreground(&fixture.team, id, &shell("kill -TERM $$")).await.unwrap();
    assert_eq!((killed.exit_code, killed.timed_out), (143, false));
}

#[tokio::test]
async fn a_command_whose_time_is_over_is_killed_with_its_children() {
    let fixture = Fixture::new().await;
    let id = &fixture.capsule().await.id;
    let mark = fixture.machine.dir.path().join("pids");
    let script = format!("echo before; sleep 1000 & echo $$ $! > {}; wait", mark.display());
    let request = ExecRequest { timeout_sec: Some(1), ..shell(&script) };
    let said = fixture.control.exec_foreground(&fixture.team, id, &request).await.unwrap();
    assert_eq!((said.exit_code, said.timed_out, said.stdout.as_str()), (-1, true, "before\n"));
    assert!(said.duration_ms >= 1_000);
    let pids = std::fs::read_to_string(&mark).unwrap();
    for pid in pids.split_whitespace() {
        eventually("its processes end", async || {
            // A dead child whose parent is gone may wait for long until somebody collects it.
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
            !stat.is_ok_and(|stat| !stat.contains(") Z "))
        })
        .await;
    }
}

#[tokio::test]
async fn a_command_that_prints_too_much_is_killed() {
    let fixture = Fixture::new().await;
    let id = &fixture.capsule().await.id;
    let result = fixture.control.exec_foreground(&fixture.team, id, &shell("exec cat /dev/zero")).await;
    refused(result, ErrorCode::TooLarge);
    eventually("it ends", async || {
        fixture.control.list_processes(&fixture.team, id).await.unwrap().processes.is_empty()
    })
    .await;
}

#[tokio::test]
async fn what_no_command_can_be_is_refused() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    let command = || shell("true");
    for wrong in [
        ExecRequest { cmd: String::new(), ..command() },
        ExecRequest { cmd: "a\0b".to_owned(), ..command() },
        ExecRequest { args: vec!["a\0b".to_owned()], ..command() },
        ExecRequest { cwd: Some("/no/such/directory".to_owned()), ..command() },
        ExecRequest { user: Some("nobody-at-all".to_owned()), ..command() },
        ExecRequest { user: Some("a:b".to_owned()), ..command() },
        ExecRequest { envs: BTreeMap::from([("=".to_owned(), String::new())]), ..command() },
    ] {
        refused(control.exec_foreground(team, id, &wrong).await, ErrorCode::InvalidRequest);
        refused(control.exec_background(team, id, &wrong).await, ErrorCode::InvalidRequest);
    }
    for tag in ["", "a/b", "123", "a\nb"] {
        let wrong = ExecRequest { tag: Some(tag.to_owned()), ..command() };
        refused(control.exec_background(team, id, &wrong).await, ErrorCode::InvalidRequest);
    }
    let missing = ExecRequest { cmd: "no-such-program".to_owned(), ..Default::default() };
    refused(control.exec_background(team, id, &missing).await, ErrorCode::InvalidRequest);
    refused(control.exec_foreground(team, &CapsuleId::generate(), &command()).await, ErrorCode::NotFound);
}

#[tokio::test]
async fn background_processes_are_listed_and_killed_by_id_and_tag() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, .. } = &fixture;
    let id = &fixture.capsule().await.id;
    let tagged = ExecRequest { tag: Some("web".to_owned()), ..shell("sleep 1000") };
    let first = control.exec_background(team, id, &tagged).await.unwrap();
    assert_eq!(first.tag, "web");
    refused(control.exec_background(team, id, &tagged).await, ErrorCode::Conflict);
    let second = control.exec_background(team, id, &shell("sleep 1000")).await.unwrap();
    assert!(second.tag.starts_with("proc-"));
    let listed = control.list_processes(team, id).await.unwrap().processes;
    let found = listed.iter().find(|process| process.pid == first.pid).unwrap();
    assert_eq!((found.tag.as_deref(), found.cmd.as_str()), (Some("web"), "/bin/sh"));
    assert_eq!(listed.len(), 2);

    control.kill_process(team, id, &ProcessSelector::Tag("web".to_owned()), Signal::Kill).await.unwrap();
    control.kill_process(team, id, &ProcessSelector::Pid(second.pid), Signal::Term).await.unwrap();
    eventually("both end", async || control.list_processes(team, id).await.unwrap().processes.is_empty())
        .await;
    for gone in [ProcessSelector::Tag("web".to_owned()), ProcessSelector::Pid(u32::MAX)] {
        refused(control.kill_process(team, id, &gone, Signal::Kill).await, ErrorCode::NotFound);
    }
}
