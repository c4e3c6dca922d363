//! Terminals through the agent's own socket.

mod support;

use std::time::{Duration, Instant};

use support::{TestAgent, eventually, outcome, script, started};
use wrenn_agent_proto::{ErrorCode, ProcessEvent, ProcessStart, ProcessStream, PtySize, process::Signal};

fn on_terminal(start: ProcessStart) -> ProcessStart {
    ProcessStart { pty: Some(PtySize { cols: 101, rows: 33 }), ..start }
}

/// Reads until the terminal has shown a text.
async fn until(events: &mut ProcessStream, text: &str) -> String {
    let mut seen = Vec::new();
    let read = async {
        while !String::from_utf8_lossy(&seen).contains(text) {
            match events.next().await.expect("the stream holds") {
                Some(ProcessEvent::Pty(bytes)) => seen.extend_from_slice(&bytes),
                other => panic!("{other:?} instead of {text:?} after {:?}", String::from_utf8_lossy(&seen)),
            }
        }
    };
    tokio::time::timeout(support::PATIENCE, read).await.expect("the terminal shows it");
    String::from_utf8_lossy(&seen).into_owned()
}

/// Waits until a shell has put something else into its terminal's foreground; the id of that group.
async fn foreground(shell: u32) -> String {
    let mut group = String::new();
    eventually("a command is in the foreground", async || {
        let stat = std::fs::read_to_string(format!("/proc/{shell}/stat")).expect("the shell runs");
        // The terminal's foreground group is the sixth field behind the name.
        group = stat
            .rsplit_once(") ")
            .and_then(|(_, rest)| rest.split(' ').nth(5))
            .unwrap_or_default()
            .to_owned();
        group != shell.to_string()
    })
    .await;
    group
}

#[tokio::test]
async fn a_terminal_is_one_for_the_process() {
    let agent = TestAgent::start();
    let text =
        "tty -s && echo is a tty; stty size; echo $TERM; tty </dev/tty >/dev/null && echo controls; exit 7";
    let done = support::run(&agent.client.as_user("nobody"), on_terminal(script(text))).await;
    assert_eq!(String::from_utf8_lossy(&done.pty), "is a tty\r\n33 101\r\nxterm-256color\r\ncontrols\r\n");
    assert_eq!((done.exit.code, done.stdout.len(), done.stderr.len()), (7, 0, 0));
}

#[tokio::test]
async fn the_callers_term_wins() {
    let agent = TestAgent::start();
    let mut start = on_terminal(script("echo $TERM"));
    start.envs.insert("TERM".into(), "dumb".into());
    assert_eq!(support::run(&agent.client, start).await.pty, b"dumb\r\n");
}

#[tokio::test]
async fn a_resize_reaches_the_process() {
    let agent = TestAgent::start();
    let text = "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done";
    let mut events = agent.client.start(on_terminal(script(text))).await.expect("it starts");
    let pid = started(&mut events).await;
    until(&mut events, "ready").await;
    agent.client.resize(pid, PtySize { cols: 42, rows: 17 }).await.expect("it has a terminal");
    until(&mut events, "17 42").await;
    agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
}

#[tokio::test]
async fn control_c_interrupts_and_control_d_ends() {
    let agent = TestAgent::start();
    let mut events = agent
        .client
        .start(on_terminal(ProcessStart::new("/bin/bash").arg("--norc")))
        .await
        .expect("it starts");
    let pid = started(&mut events).await;
    agent.client.send_pty(pid, "sleep 1000\n".into()).await.expect("it is taken");
    until(&mut events, "sleep 1000").await;
    // Until the shell has put the command into the foreground, Ctrl-C is the shell's own.
    foreground(pid).await;
    agent.client.send_pty(pid, "\u{3}".into()).await.expect("it is taken");
    until(&mut events, "^C").await;
    agent.client.send_pty(pid, "echo $((6*7))\n".into()).await.expect("it is taken");
    until(&mut events, "42").await;
    agent.client.send_pty(pid, "\u{4}".into()).await.expect("it is taken");
    assert_eq!(outcome(events).await.exit.code, 0);
}

#[tokio::test]
async fn a_killed_shell_takes_along_what_it_runs() {
    let agent = TestAgent::start();
    let mut events = agent
        .client
        .start(on_terminal(ProcessStart::new("/bin/bash").arg("--norc")))
        .await
        .expect("it starts");
    let pid = started(&mut events).await;
    agent.client.send_pty(pid, "sleep 1001\n".into()).await.expect("it is taken");
    let job = foreground(pid).await;
    agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
    assert_eq!(outcome(events).await.exit.status, "signal: killed");
    eventually("the job is gone", async || {
        std::fs::read_to_string(format!("/proc/{job}/stat")).map_or(true, |stat| stat.contains(") Z "))
    })
    .await;
}

#[tokio::test]
async fn pipes_and_terminals_are_not_mixed_up() {
    let agent = TestAgent::start();
    let mut events = agent.client.start(on_terminal(script("sleep 1000"))).await.expect("it starts");
    let terminal = started(&mut events).await;
    let start = ProcessStart { stdin: true, ..ProcessStart::new("cat") };
    let mut others = agent.client.start(start).await.expect("it starts");
    let pipes = started(&mut others).await;
    let refused = [
        agent.client.send_input(terminal, "x".into()).await,
        agent.client.close_stdin(terminal).await,
        agent.client.send_pty(pipes, "x".into()).await,
        agent.client.resize(pipes, PtySize { cols: 1, rows: 1 }).await,
    ];
    for result in refused {
        assert_eq!(result.expect_err("it is refused").code(), Some(ErrorCode::FailedPrecondition));
    }
    for pid in [terminal, pipes] {
        agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
    }
}

#[tokio::test]
async fn a_key_comes_back_fast() {
    let agent = TestAgent::start();
    let start = on_terminal(script("stty raw -echo; echo ready; exec cat"));
    let mut events = agent.client.start(start).await.expect("it starts");
    let pid = started(&mut events).await;
    until(&mut events, "ready").await;
    let mut times = Vec::new();
    for n in 0..500 {
        let key = char::from(b'a' + (n % 26) as u8).to_string();
        let begun = Instant::now();
        agent.client.send_pty(pid, key.clone().into()).await.expect("it is taken");
        until(&mut events, &key).await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let (median, p95) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!("key round trip: median {median:?}, p95 {p95:?}");
    assert!(median < Duration::from_millis(10), "median {median:?}");
    agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
}
