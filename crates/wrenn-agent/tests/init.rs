//! The agent as process 1 of a process namespace.

mod support;

use std::{
    os::fd::AsRawFd as _,
    process::{Command, Stdio},
};

use support::{TestAgent, eventually, listener, run, script, started};
use wrenn_agent_proto::ProcessEvent;

fn as_init() -> TestAgent {
    let (listener, dir) = listener();
    let process = Command::new("unshare")
        .args(["--pid", "--fork", "--kill-child", "--mount-proc"])
        .arg(support::binary())
        .arg("--fd")
        .arg(listener.as_raw_fd().to_string())
        .stdin(Stdio::null())
        .spawn()
        .expect("unshare starts");
    TestAgent::with(process, dir)
}

#[tokio::test]
async fn it_collects_orphans_and_its_own_alike() {
    let agent = as_init();
    let done =
        run(&agent.client, script("for i in 1 2 3 4 5; do (sleep 0.1 &); done; echo $PPID; exit 9")).await;
    assert_eq!((done.text(), done.exit.code), ("1\n", 9));
    eventually("no zombie is left", async || {
        let ps = run(
            &agent.client,
            script("cat /proc/[0-9]*/stat | grep -c ') Z '; cat /proc/[0-9]*/stat | grep -c sleep"),
        )
        .await;
        ps.text() == "0\n0\n"
    })
    .await;
    for n in 0..100 {
        let done = run(&agent.client, script(&format!("(true &); (true &); exit {n}"))).await;
        assert_eq!(done.exit.code, n, "no exit status is taken by the wrong one");
    }
}

#[tokio::test]
async fn signals_do_not_end_it_but_sigterm_ends_all_in_order() {
    let mut agent = as_init();
    let text = "trap 'echo asked; exit 5' TERM; echo ready; while :; do sleep 0.05; done";
    let mut events = agent.client.start(script(text)).await.expect("it starts");
    started(&mut events).await;
    assert_eq!(events.next().await.expect("output"), Some(ProcessEvent::Stdout("ready\n".into())));
    let ignored =
        run(&agent.client, script("kill -HUP 1; kill -USR1 1; kill -KILL 1; kill -PIPE 1; echo still")).await;
    assert_eq!(ignored.text(), "still\n");
    // From inside a signal reaches process 1 only if it handles that one.
    let asked = agent.client.start(script("kill -TERM 1")).await;
    drop(asked);
    let mut output = Vec::new();
    while let Ok(Some(event)) = events.next().await {
        if let ProcessEvent::Stdout(bytes) = event {
            output.extend_from_slice(&bytes);
        }
    }
    assert_eq!(String::from_utf8_lossy(&output), "asked\n");
    let status = agent.process().wait().expect("it ends");
    assert_eq!(status.code(), Some(0));
}
