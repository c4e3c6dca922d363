//! Programs that build.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use super::super::program;

fn shell(script: &str) -> tokio::process::Command {
    let mut command = program::isolated("sh");
    command.args(["-c", script]);
    command
}

#[tokio::test]
async fn every_line_is_reported_whatever_it_is() {
    let mut lines = Vec::new();
    let script = "echo out; printf 'draw 1\\rdraw 2\\n'; printf '\\377\\n'; printf 'no end'";
    program::run(shell(script), "sh", |line| lines.push(line.to_owned())).await.unwrap().unwrap();
    assert_eq!(lines, ["out", "draw 2", "\u{fffd}", "no end"]);
}

#[tokio::test]
async fn a_failure_has_the_last_lines_and_the_status() {
    let script = "for i in $(seq 99); do echo $i; done; echo why >&2; echo 100; exit 7";
    let failure = program::run(shell(script), "sh", |_| {}).await.unwrap().unwrap_err();
    assert!(failure.status.contains('7'), "{}", failure.status);
    assert_eq!(failure.log.lines().count(), 20);
    assert!(failure.log.ends_with("98\n99\nwhy\n100"), "{}", failure.log);
}

#[tokio::test]
async fn a_missing_program_is_named() {
    let command = tokio::process::Command::new("wrenn-no-such-program");
    let error = program::run(command, "wrenn-no-such-program", |_| {}).await.unwrap_err();
    assert!(error.to_string().contains("wrenn-no-such-program is not installed"), "{error}");
}

#[tokio::test]
async fn dropping_the_future_kills_all_that_was_started() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("beat");
    let script = format!("while :; do date +%s%N >> '{0}'; sleep 0.01; done & wait", file.display());
    {
        let run = program::run(shell(&script), "sh", |_| {});
        tokio::select! {
            _ = run => panic!("it runs for ever"),
            () = grown(&file, 0) => {}
        }
    }
    // Dead when a file that it wrote all the time no longer grows.
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let size = fs::metadata(&file).unwrap().len();
        tokio::time::sleep(Duration::from_millis(500)).await;
        if fs::metadata(&file).unwrap().len() == size {
            break;
        }
        assert!(Instant::now() < deadline, "it still writes");
    }
}

/// Returns once the file is longer than `size`.
async fn grown(path: &Path, size: u64) {
    while fs::metadata(path).map_or(0, |metadata| metadata.len()) <= size {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
