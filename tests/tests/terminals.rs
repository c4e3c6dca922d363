//! Terminals in real capsules.

use wrenn::{PtyEvent, PtySession};
use wrenn_tests::{TestServer, within};

/// Reads until the terminal has shown `wanted`; answers all that it showed.
async fn read_until(session: &mut PtySession, wanted: &str) -> String {
    let mut shown = String::new();
    within(wanted, async {
        while !shown.contains(wanted) {
            match session.next().await.expect("an event").expect("an event") {
                PtyEvent::Data(bytes) => shown += &String::from_utf8_lossy(&bytes),
                other => panic!("{other:?} before {wanted:?}; shown: {shown:?}"),
            }
        }
    })
    .await;
    shown
}

async fn exit_code(session: &mut PtySession) -> i32 {
    within("the exit", async {
        loop {
            if let PtyEvent::Exited { exit_code } = session.next().await.expect("an event").expect("an event")
            {
                return exit_code;
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_terminal_has_a_size_a_prompt_and_an_exit_code() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let mut session =
        capsule.pty().start().size(120, 40).cwd("/home/user").env("MARK", "here").await.unwrap();
    session.input("stty size; pwd; echo $MARK-$TERM; tty\n").await.unwrap();
    let shown = read_until(&mut session, "/dev/pts/").await;
    assert!(shown.contains("40 120") && shown.contains("/home/user"), "{shown}");
    assert!(shown.contains("here-xterm"), "{shown}");
    session.resize(90, 20).await.unwrap();
    session.input("stty size\n").await.unwrap();
    read_until(&mut session, "20 90").await;
    // Ctrl-C ends what runs and not the shell.
    session.input("sh -c 'echo up-$((1 + 1)); exec sleep 1000'\n").await.unwrap();
    read_until(&mut session, "up-2").await;
    session.input([3]).await.unwrap();
    session.input("echo still-$((40 + 2))\n").await.unwrap();
    read_until(&mut session, "still-42").await;
    session.input("exit 7\n").await.unwrap();
    assert_eq!(exit_code(&mut session).await, 7);
    server.assert_clean().await;
}

#[tokio::test]
async fn a_terminal_is_left_and_joined_again() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let mut first = capsule.pty().start().tag("work").await.unwrap();
    first.input("marker=kept; echo before-$marker\n").await.unwrap();
    read_until(&mut first, "before-kept").await;
    first.close().await.unwrap();

    let mut second = capsule.pty().connect("work").await.unwrap();
    read_until(&mut second, "before-kept").await;
    second.input("echo after-$marker\n").await.unwrap();
    read_until(&mut second, "after-kept").await;
    // A second viewer sees the same.
    let mut third = capsule.pty().connect("work").await.unwrap();
    read_until(&mut third, "after-kept").await;
    second.kill().await.unwrap();
    assert_ne!(exit_code(&mut third).await, 0);
    let gone = capsule.pty().connect("never-was").await;
    assert!(gone.is_err(), "{gone:?}");
    server.assert_clean().await;
}

#[tokio::test]
async fn all_that_a_terminal_shows_arrives_in_order() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let mut session = capsule.pty().start().cmd("seq").args(["100000"]).await.unwrap();
    let mut shown = String::new();
    loop {
        match within("an event", session.next()).await.expect("an event").expect("an event") {
            PtyEvent::Data(bytes) => shown += std::str::from_utf8(&bytes).unwrap(),
            PtyEvent::Exited { exit_code } => break assert_eq!(exit_code, 0),
            other => panic!("{other:?}"),
        }
    }
    assert!(shown.split_terminator("\r\n").map(|line| line.parse::<u32>().unwrap()).eq(1..=100_000));
    server.assert_clean().await;
}
