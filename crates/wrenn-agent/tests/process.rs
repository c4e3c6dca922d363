//! Processes through the agent's own socket.

mod support;

use std::time::Duration;

use bytes::Bytes;
use support::{TestAgent, eventually, outcome, run, script, started};
use wrenn_agent_proto::{ErrorCode, ProcessEvent, ProcessStart, process::Signal};

#[tokio::test]
async fn output_and_exit_code_come_through() {
    let agent = TestAgent::start();
    let done = run(&agent.client, script("echo out; echo err >&2; exit 3")).await;
    assert_eq!((done.text(), done.stderr.as_slice()), ("out\n", &b"err\n"[..]));
    assert_eq!((done.exit.code, done.exit.exited, done.exit.status.as_str()), (3, true, "exit status 3"));
    assert_eq!(done.exit.error, None);
    assert!(done.pid > 0);
}

#[tokio::test]
async fn an_end_by_signal_is_told_apart() {
    let agent = TestAgent::start();
    let done = run(&agent.client, script("kill -SEGV $$")).await;
    assert_eq!((done.exit.code, done.exit.exited), (-1, false));
    assert!(done.exit.status.starts_with("signal: segmentation fault"), "{}", done.exit.status);
}

#[tokio::test]
async fn nothing_is_lost_of_a_process_that_exits_at_once() {
    let agent = TestAgent::start();
    for n in 0..200 {
        let done = run(&agent.client, ProcessStart::new("/bin/echo").arg(n.to_string())).await;
        assert_eq!((done.text().trim(), done.exit.code), (n.to_string().as_str(), 0));
    }
}

#[tokio::test]
async fn the_environment_is_the_users_and_the_callers() {
    let agent = TestAgent::start();
    let mut start = ProcessStart::new("env");
    start.envs.insert("GREETING".into(), "hello world".into());
    start.envs.insert("SHELL".into(), "/bin/other".into());
    let done = run(&agent.client, start).await;
    let mut names: Vec<_> = done.text().lines().filter(|line| !line.starts_with("PATH=")).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        ["GREETING=hello world", "HOME=/root", "LOGNAME=root", "SHELL=/bin/other", "USER=root"]
    );
}

#[tokio::test]
async fn a_process_runs_as_the_user_of_the_call() {
    let agent = TestAgent::start();
    let done =
        run(&agent.client.as_user("nobody"), script("id -un; id -u; id -G; echo $HOME; pwd; umask")).await;
    let lines: Vec<_> = done.text().lines().collect();
    assert_eq!(lines[..2], ["nobody", "65534"], "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(lines[2], "65534", "no group of root's is kept");
    // That home does not exist, so the process starts at the root.
    assert_eq!(lines[3..5], ["/nonexistent", "/"]);
    let root = run(&agent.client, script("id -u; pwd")).await;
    assert_eq!(root.text(), "0\n/root\n");
}

#[tokio::test]
async fn a_working_directory_is_absolute_or_starts_at_home() {
    let agent = TestAgent::start();
    let at = |cwd: &str| ProcessStart { cwd: Some(cwd.to_owned()), ..ProcessStart::new("pwd") };
    assert_eq!(run(&agent.client, at("/usr/bin/..")).await.text(), "/usr\n");
    assert_eq!(run(&agent.client, at("~")).await.text(), "/root\n");
    assert_eq!(run(&agent.client, at("../tmp")).await.text(), "/tmp\n");
}

#[tokio::test]
async fn what_cannot_be_started_is_refused_with_a_reason() {
    let agent = TestAgent::start();
    let program = agent.dir().join("no-program");
    std::fs::write(&program, "text").expect("a file");
    let cwd = |cwd: &str| ProcessStart { cwd: Some(cwd.to_owned()), ..ProcessStart::new("pwd") };
    let env = |name: &str| {
        let mut start = ProcessStart::new("pwd");
        start.envs.insert(name.to_owned(), String::new());
        start
    };
    let cases = [
        (ProcessStart::new("no-such-program-at-all"), ErrorCode::NotFound, "no program"),
        (ProcessStart::new("/no/such/program"), ErrorCode::NotFound, "no program"),
        (ProcessStart::new(program.to_str().expect("text")), ErrorCode::PermissionDenied, "may not run"),
        (ProcessStart::new(""), ErrorCode::InvalidArgument, "is empty"),
        (ProcessStart::new("echo").arg("a\0b"), ErrorCode::InvalidArgument, "NUL"),
        (ProcessStart::new("echo").arg("x".repeat(3 << 20)), ErrorCode::InvalidArgument, "longer"),
        (cwd("/no/such/directory"), ErrorCode::InvalidArgument, "/no/such/directory"),
        (cwd("/etc/passwd"), ErrorCode::InvalidArgument, "/etc/passwd"),
        (env("A=B"), ErrorCode::InvalidArgument, "environment variable"),
    ];
    for (start, code, text) in cases {
        let shown = format!("{:.80?}", start.cmd);
        let error = agent.client.start(start).await.expect_err(&shown);
        assert_eq!(error.code(), Some(code), "{shown}: {error}");
        assert!(error.to_string().contains(text), "{shown}: {error}");
    }
    let error =
        agent.client.as_user("no-such-user").start(ProcessStart::new("id")).await.expect_err("no user");
    assert_eq!(error.code(), Some(ErrorCode::InvalidArgument));
    assert!(error.to_string().contains("no-such-user"), "{error}");
    let error = agent.client.as_user("nobody").start(cwd("/root")).await.map(drop);
    if let Err(error) = error {
        assert_eq!(error.code(), Some(ErrorCode::InvalidArgument), "{error}");
    }
    assert!(agent.children().is_empty(), "nothing is left of the failed ones");
}

#[tokio::test]
async fn input_is_written_in_order_and_ended() {
    let agent = TestAgent::start();
    let start = ProcessStart { stdin: true, ..ProcessStart::new("cat") };
    let mut events = agent.client.start(start).await.expect("it starts");
    let pid = started(&mut events).await;
    let mut sent = Vec::new();
    let reading = tokio::spawn(outcome(events));
    for n in 0..100_u32 {
        let line = format!("{n} {}\n", "x".repeat(5000));
        sent.extend_from_slice(line.as_bytes());
        agent.client.send_input(pid, line.into()).await.expect("it is taken");
    }
    let rest: Vec<Bytes> = (0..50).map(|n| Bytes::from(format!("stream {n}\n"))).collect();
    sent.extend(rest.iter().flatten());
    agent.client.stream_input(pid, false, futures_util::stream::iter(rest)).await.expect("it is taken");
    agent.client.close_stdin(pid).await.expect("it is closed");
    let error = agent.client.send_input(pid, "more".into()).await.expect_err("it is closed");
    assert!(matches!(error.code(), Some(ErrorCode::FailedPrecondition | ErrorCode::NotFound)), "{error}");
    let done = reading.await.expect("the stream ended");
    assert!(done.stdout == sent, "{} bytes of {}", done.stdout.len(), sent.len());
}

#[tokio::test]
async fn without_input_a_process_reads_nothing() {
    let agent = TestAgent::start();
    let mut events = agent.client.start(script("cat; sleep 100")).await.expect("it starts");
    let pid = started(&mut events).await;
    let error = agent.client.send_input(pid, "x".into()).await.expect_err("there is no input");
    assert_eq!(error.code(), Some(ErrorCode::FailedPrecondition));
    agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
    assert_eq!(run(&agent.client, ProcessStart::new("cat")).await.stdout, b"");
}

#[tokio::test]
async fn a_signal_reaches_the_whole_group() {
    let agent = TestAgent::start();
    let mut events =
        agent.client.start(script("sleep 1000 & sleep 1000 & echo $!; wait")).await.expect("it starts");
    let pid = started(&mut events).await;
    let Some(ProcessEvent::Stdout(line)) = events.next().await.expect("the stream holds") else {
        panic!("there is no output")
    };
    let background: u32 = std::str::from_utf8(&line).expect("text").trim().parse().expect("a pid");
    agent.client.send_signal(pid, Signal::SIGNAL_SIGTERM).await.expect("it is there");
    let done = outcome(events).await;
    assert_eq!((done.exit.code, done.exit.status.as_str()), (-1, "signal: terminated"));
    let stat = format!("/proc/{background}/stat");
    eventually("the background process is gone", async || {
        std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "))
    })
    .await;
    let error = agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect_err("it has ended");
    assert_eq!(error.code(), Some(ErrorCode::NotFound));
    let error =
        agent.client.send_signal("no-tag", Signal::SIGNAL_UNSPECIFIED).await.expect_err("no such process");
    assert_eq!(error.code(), Some(ErrorCode::NotFound));
}

#[tokio::test]
async fn tags_are_unique_among_those_that_run() {
    let agent = TestAgent::start();
    let start = || ProcessStart { tag: Some("web".into()), ..script("echo ready; sleep 1000") };
    let mut events = agent.client.start(start()).await.expect("it starts");
    let pid = started(&mut events).await;
    let error = agent.client.start(start()).await.expect_err("the tag is taken");
    assert_eq!(error.code(), Some(ErrorCode::AlreadyExists));
    let list = agent.client.list().await.expect("a list");
    assert_eq!(list.len(), 1);
    assert_eq!((list[0].pid, list[0].tag.as_deref()), (pid, Some("web")));
    assert_eq!(list[0].config.as_option().map(|config| config.cmd.as_str()), Some("/bin/sh"));
    agent.client.send_signal("web", Signal::SIGNAL_SIGKILL).await.expect("it is there");
    assert_eq!(outcome(events).await.exit.status, "signal: killed");
    assert!(agent.client.list().await.expect("a list").is_empty());
    let again = agent.client.start(start()).await.expect("the tag is free again");
    drop(again);
    agent.client.send_signal("web", Signal::SIGNAL_SIGKILL).await.expect("a dropped stream ends nothing");
}

#[tokio::test]
async fn who_connects_later_reads_what_was_kept() {
    let agent = TestAgent::start();
    let mut start = script("echo first; read line; echo \"second $line\"");
    (start.stdin, start.tag) = (true, Some("late".into()));
    let mut events = agent.client.start(start).await.expect("it starts");
    let pid = started(&mut events).await;
    assert_eq!(events.next().await.expect("output"), Some(ProcessEvent::Stdout("first\n".into())));
    drop(events);
    let mut events = agent.client.connect("late", None).await.expect("it runs");
    assert_eq!(started(&mut events).await, pid);
    assert_eq!(events.next().await.expect("output"), Some(ProcessEvent::Stdout("first\n".into())));
    agent.client.send_input(pid, "line\n".into()).await.expect("it is taken");
    assert_eq!(outcome(events).await.stdout, b"second line\n");
    // It has ended, and yet who lost the stream at the end finds everything.
    let replay = outcome(agent.client.connect(pid, None).await.expect("it is kept")).await;
    assert_eq!((replay.stdout.as_slice(), replay.exit.code), (&b"first\nsecond line\n"[..], 0));
    let error = agent.client.send_input(pid, "x".into()).await.expect_err("it has ended");
    assert_eq!(error.code(), Some(ErrorCode::NotFound));
    let error = agent.client.connect(4_000_000_u32, None).await.expect_err("there is none");
    assert_eq!(error.code(), Some(ErrorCode::NotFound));
}

#[tokio::test]
async fn keepalives_come_when_asked_for() {
    let agent = TestAgent::start();
    let start = ProcessStart { keepalive: Some(Duration::from_secs(1)), ..script("sleep 1000") };
    let mut events = agent.client.start(start).await.expect("it starts");
    let pid = started(&mut events).await;
    assert_eq!(events.next().await.expect("an event"), Some(ProcessEvent::Keepalive));
    agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
}

#[tokio::test]
async fn a_time_limit_kills_the_group_and_says_so() {
    let agent = TestAgent::start();
    let start =
        ProcessStart { timeout: Some(Duration::from_millis(300)), ..script("echo begun; sleep 1000; true") };
    let done = run(&agent.client, start).await;
    assert_eq!((done.text(), done.exit.code, done.exit.exited), ("begun\n", -1, false));
    assert!(
        done.exit.error.as_deref().is_some_and(|error| error.contains("time limit of 0.3 s")),
        "{:?}",
        done.exit
    );
}

#[tokio::test]
async fn a_daemon_left_behind_holds_nothing_up_and_lives_on() {
    let agent = TestAgent::start();
    let file = agent.dir().join("alive");
    // It writes to the output that it inherited, long after the shell has gone.
    let text = format!("(sleep 1; echo late; echo late; touch {}) & echo started", file.display());
    let done = run(&agent.client, script(&text)).await;
    assert_eq!((done.text(), done.exit.code), ("started\n", 0));
    eventually("the daemon comes to its end", async || file.exists()).await;
}

#[tokio::test]
async fn what_follows_shortly_after_the_exit_is_still_read() {
    let agent = TestAgent::start();
    let done = run(&agent.client, script("(sleep 0.02; echo last) & echo first")).await;
    assert_eq!(done.text(), "first\nlast\n");
}
