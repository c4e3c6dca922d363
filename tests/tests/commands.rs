//! Commands in the foreground, in the background and as streams, in real capsules.

use std::time::Duration;

use wrenn::{CommandEvent, Error, Signal};
use wrenn_tests::{TestServer, eventually, within};

/// Reads a stream to its end: output, error output, exit code.
async fn collect(mut stream: wrenn::CommandStream) -> (String, String, i32) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    while let Some(event) = stream.next().await {
        match event.expect("an event") {
            CommandEvent::Stdout(bytes) => stdout.extend(bytes),
            CommandEvent::Stderr(bytes) => stderr.extend(bytes),
            CommandEvent::Exited { exit_code } => {
                let text = |bytes| String::from_utf8(bytes).expect("text");
                return (text(stdout), text(stderr), exit_code);
            }
            _ => {}
        }
    }
    panic!("the stream ended without an exit");
}

#[tokio::test]
async fn a_foreground_command_answers_with_all_that_it_did() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let commands = capsule.commands();

    let output = commands.exec("sh").args(["-c", "echo out; echo err >&2; exit 3"]).await.unwrap();
    assert_eq!((output.stdout.as_str(), output.stderr.as_str(), output.exit_code), ("out\n", "err\n", 3));

    let output =
        commands.exec("sh").args(["-c", "pwd; id -un; echo $GREETING"]).env("GREETING", "hi").await.unwrap();
    assert_eq!(output.stdout, "/root\nroot\nhi\n", "root's home is the default directory");

    let output = commands.exec("sh").args(["-c", "pwd; id -un; echo $HOME"]).user("user").await.unwrap();
    assert_eq!(output.stdout, "/home/user\nuser\n/home/user\n");

    let output = commands.exec("pwd").cwd("/usr/lib").await.unwrap();
    assert_eq!(output.stdout, "/usr/lib\n");

    let output = commands.exec("no-such-command").await.unwrap();
    assert_eq!(output.exit_code, 127);
    assert!(output.stderr.contains("no-such-command"), "{}", output.stderr);

    let output = commands.exec("head").args(["-c", "3", "/dev/zero"]).await.unwrap();
    assert_eq!(output.stdout_bytes(), [0, 0, 0]);
    let output = commands.exec("printf").arg(r"\377\376").await.unwrap();
    assert_eq!(output.stdout_bytes(), [0xff, 0xfe], "bytes that are no text arrive exactly");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_command_over_its_time_is_killed_with_all_that_it_started() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let script = "echo before; sleep 1000 & sleep 1000; echo after";
    let output =
        capsule.commands().exec("sh").args(["-c", script]).timeout(Duration::from_secs(1)).await.unwrap();
    assert!(output.timed_out);
    assert_eq!((output.stdout.as_str(), output.exit_code), ("before\n", -1));
    eventually("every sleep is gone", || async {
        let found = capsule.commands().exec("pgrep").args(["-x", "sleep"]).await.unwrap();
        (found.exit_code == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_background_process_is_found_followed_and_ended_by_its_tag() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let commands = capsule.commands();
    let script = "echo one; echo two >&2; while :; do sleep 0.05; done";
    let process = commands.start("sh").args(["-c", script]).tag("worker").await.unwrap();
    assert_eq!(process.tag, "worker");

    let again = commands.start("sleep").arg("1000").tag("worker").await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let untagged = commands.start("sleep").arg("1000").await.unwrap();
    assert!(untagged.tag.starts_with("proc-"), "{}", untagged.tag);

    let listed = commands.list().await.unwrap();
    let worker =
        listed.iter().find(|entry| entry.tag.as_deref() == Some("worker")).expect("the worker is listed");
    assert_eq!((worker.pid, worker.cmd.as_str()), (process.pid, "sh"));

    // Both of two viewers see what was printed before they came.
    for selector in ["worker".to_owned(), process.pid.to_string()] {
        let mut view = commands.attach(selector).await.unwrap();
        let mut seen = String::new();
        while !(seen.contains("one\n") && seen.contains("two\n")) {
            let event = within("the backlog", view.next()).await.expect("an event").expect("an event");
            if let CommandEvent::Stdout(bytes) | CommandEvent::Stderr(bytes) = event {
                seen += std::str::from_utf8(&bytes).unwrap();
            }
        }
    }

    commands.kill("worker", Signal::Term).await.unwrap();
    commands.kill(untagged.pid, Signal::Kill).await.unwrap();
    eventually("both are gone", || async { commands.list().await.unwrap().is_empty().then_some(()) }).await;
    let gone = commands.kill("worker", Signal::Kill).await;
    assert!(matches!(gone, Err(Error::NotFound(_))), "{gone:?}");
    let gone = match commands.attach("never-was").await {
        Ok(mut stream) => stream.next().await.expect("an answer").map(|_| ()),
        Err(error) => Err(error),
    };
    assert!(gone.is_err(), "{gone:?}");
}

#[tokio::test]
async fn a_stream_carries_input_output_and_the_exit() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let stream =
        capsule.commands().stream("sh").args(["-c", "read line; echo got $line; echo bad >&2; exit 4"]).await;
    let stream = stream.unwrap();
    stream.send_stdin("hello\n").await.unwrap();
    assert_eq!(within("the end", collect(stream)).await, ("got hello\n".into(), "bad\n".into(), 4));

    let stream = capsule.commands().stream("tr").args(["a-z", "A-Z"]).await.unwrap();
    stream.send_stdin("grüße\n").await.unwrap();
    stream.close_stdin().await.unwrap();
    assert_eq!(within("the end", collect(stream)).await.0, "GRüßE\n");
}

#[tokio::test]
async fn a_long_output_arrives_whole_however_slow_the_reader_is() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let mut stream = capsule.commands().stream("seq").arg("400000").await.unwrap();
    let mut text = Vec::new();
    let mut pauses = 0;
    while let Some(event) = within("an event", stream.next()).await {
        match event.expect("an event") {
            CommandEvent::Stdout(bytes) => text.extend(bytes),
            CommandEvent::Exited { exit_code } => assert_eq!(exit_code, 0),
            _ => {}
        }
        if pauses < 20 {
            pauses += 1;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    let text = String::from_utf8(text).expect("text");
    assert!(
        text.lines().map(|line| line.parse::<u32>().expect("a number")).eq(1..=400_000),
        "lost or reordered"
    );
}

#[tokio::test]
async fn a_stream_ends_with_an_error_when_its_capsule_is_destroyed() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let mut stream = capsule.commands().stream("sleep").arg("1000").await.unwrap();
    let started = stream.next().await.expect("an event").expect("an event");
    assert!(matches!(started, CommandEvent::Started { .. }), "{started:?}");
    let other = server.client().capsule(capsule.id());
    let destroyed = tokio::spawn(async move { other.destroy().await });
    let outcome = within("the end of the stream", async {
        while let Some(event) = stream.next().await {
            match event {
                Ok(CommandEvent::Exited { exit_code }) => return format!("exited {exit_code}"),
                Ok(_) => {}
                Err(error) => return format!("error: {error}"),
            }
        }
        "silence".to_owned()
    })
    .await;
    assert!(outcome.starts_with("error: "), "{outcome}");
    destroyed.await.unwrap().unwrap();
}
