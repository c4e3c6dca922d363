//! Much output, many processes, readers that stop, and nothing at all.

mod support;

use std::time::{Duration, Instant};

use support::{TestAgent, eventually, outcome, run, script, started};
use tokio::task::JoinSet;
use wrenn_agent_proto::{ErrorCode, ProcessEvent, ProcessStart, process::Signal};

const GIB: u64 = 1 << 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_comes_through_whole() {
    let agent = TestAgent::start();
    let begun = Instant::now();
    let mut events = agent.client.start(script("yes | head -c 1G")).await.expect("it starts");
    started(&mut events).await;
    let expected = "y\n".repeat(1 << 20).into_bytes();
    let (mut count, mut is_right) = (0_u64, true);
    let exit = loop {
        match events.next().await.expect("the stream holds") {
            Some(ProcessEvent::Stdout(bytes)) => {
                let offset = usize::from(count % 2 == 1);
                is_right &= bytes == expected[offset..offset + bytes.len()];
                count += bytes.len() as u64;
            }
            Some(ProcessEvent::Ended(exit)) => break exit,
            other => panic!("{other:?}"),
        }
    };
    let time = begun.elapsed();
    assert_eq!((count, is_right, exit.code), (GIB, true, 0));
    let begun = Instant::now();
    let status = std::process::Command::new("sh").args(["-c", "yes | head -c 1G | cat >/dev/null"]).status();
    assert!(status.expect("sh runs").success());
    let (ours, pipe) = (rate(time), rate(begun.elapsed()));
    println!("1 GiB through Start: {ours:.0} MB/s, through a plain pipe: {pipe:.0} MB/s");
    assert!(agent.resident_kib() < 32 << 10, "{} KiB", agent.resident_kib());
}

fn rate(time: Duration) -> f64 {
    GIB as f64 / 1e6 / time.as_secs_f64()
}

#[tokio::test]
async fn a_stopped_reader_costs_little_and_holds_nobody_up() {
    let agent = TestAgent::start();
    let mut stopped = Vec::new();
    for _ in 0..4 {
        let mut events = agent.client.start(script("yes | head -c 1G")).await.expect("it starts");
        started(&mut events).await;
        stopped.push(events);
    }
    // Others go on at full speed on the same connection.
    for _ in 0..50 {
        let done = run(&agent.client, script("head -c 1000000 /dev/zero")).await;
        assert_eq!((done.stdout.len(), done.exit.code), (1_000_000, 0));
    }
    let resident = agent.resident_kib();
    println!("4 stopped readers of endless output: {resident} KiB resident");
    assert!(resident < 32 << 10, "{resident} KiB");
    // A reader that goes on after all has missed nothing.
    let mut count = 0;
    let mut events = stopped.pop().expect("there are four");
    while let Some(event) = events.next().await.expect("the stream holds") {
        if let ProcessEvent::Stdout(bytes) = event {
            count += bytes.len() as u64;
        }
    }
    assert_eq!(count, GIB);
}

#[tokio::test]
async fn a_second_reader_holds_the_first_back_only_while_it_lives() {
    let agent = TestAgent::start();
    let start = ProcessStart { tag: Some("both".into()), ..script("yes | head -c 50M") };
    let first = agent.client.start(start).await.expect("it starts");
    let mut second = agent.client.connect("both", None).await.expect("it runs");
    started(&mut second).await;
    let reading = tokio::spawn(outcome(first));
    let text = second.next().await.expect("the stream holds");
    assert!(matches!(text, Some(ProcessEvent::Stdout(_))), "{text:?}");
    drop(second);
    let done = reading.await.expect("the first reads on");
    assert_eq!((done.stdout.len(), done.exit.code), (50 << 20, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_short_processes_leave_nothing() {
    const COUNT: i32 = 2000;
    let agent = TestAgent::start();
    run(&agent.client, script("exit 0")).await;
    let (memory, descriptors) = (agent.resident_kib(), agent.descriptors());
    let begun = Instant::now();
    let mut all = JoinSet::new();
    for n in 0..COUNT {
        let client = agent.client.clone();
        all.spawn(async move { (n, run(&client, script(&format!("echo {n}; exit {}", n % 100))).await) });
    }
    let mut count = 0;
    while let Some(result) = all.join_next().await {
        let (n, done) = result.expect("it ends");
        assert_eq!((done.exit.code, done.exit.exited), (n % 100, true), "process {n}");
        assert_eq!(done.text(), format!("{n}\n"));
        count += 1;
    }
    assert_eq!(count, COUNT);
    println!("{COUNT} processes at once: {:?}", begun.elapsed());
    assert!(agent.children().is_empty(), "there are zombies");
    eventually("the descriptors are closed", async || agent.descriptors() <= descriptors).await;
    println!("memory before: {memory} KiB, right after: {} KiB", agent.resident_kib());
    // What is kept for those who come back, and the pages of code that were never used before.
    let allowed = memory + (3 << 10);
    eventually("memory is back", async || agent.resident_kib() <= allowed).await;
    println!("memory afterwards: {} KiB", agent.resident_kib());
}

#[tokio::test]
async fn an_idle_agent_sleeps() {
    let agent = TestAgent::start();
    run(&agent.client, script("exit 0")).await;
    let descriptors = agent.descriptors();
    // What has to be tidied is tidied in a few seconds.
    eventually("it falls asleep", async || {
        let before = agent.switches();
        tokio::time::sleep(Duration::from_secs(3)).await;
        agent.switches() == before
    })
    .await;
    assert!(agent.descriptors() <= descriptors);
    let anonymous = agent.anonymous_kib();
    println!("idle: {} KiB resident, {anonymous} KiB of its own", agent.resident_kib());
    assert!(anonymous < 4 << 10, "{anonymous} KiB");
}

#[tokio::test]
async fn thousands_of_watchers_of_one_process_see_the_same() {
    const COUNT: usize = 1000;
    let agent = TestAgent::start();
    let mut start = script("read line; seq 1 1000");
    (start.stdin, start.tag) = (true, Some("shown".into()));
    let mut events = agent.client.start(start).await.expect("it starts");
    let pid = started(&mut events).await;
    let mut all = JoinSet::new();
    for _ in 0..COUNT {
        let mut events = agent.client.connect(pid, None).await.expect("it runs");
        started(&mut events).await;
        all.spawn(outcome(events));
    }
    agent.client.send_input(pid, "go\n".into()).await.expect("it is taken");
    let expected = outcome(events).await.stdout;
    assert_eq!(expected.iter().filter(|byte| **byte == b'\n').count(), 1000);
    let mut count = 0;
    while let Some(done) = all.join_next().await {
        assert_eq!(done.expect("it ends").stdout, expected);
        count += 1;
    }
    assert_eq!(count, COUNT);
}

#[tokio::test]
async fn a_dropped_stream_leaves_neither_reader_nor_descriptor() {
    let agent = TestAgent::start();
    let mut events = agent.client.start(script("sleep 1000")).await.expect("it starts");
    let pid = started(&mut events).await;
    let descriptors = agent.descriptors();
    for _ in 0..500 {
        drop(agent.client.connect(pid, None).await.expect("it runs"));
    }
    assert!(agent.descriptors() <= descriptors);
    agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect("it is there");
    assert_eq!(outcome(events).await.exit.code, -1);
    let error = agent.client.send_signal(pid, Signal::SIGNAL_SIGKILL).await.expect_err("it has ended");
    assert_eq!(error.code(), Some(ErrorCode::NotFound));
}

#[tokio::test]
async fn a_short_process_takes_little_time() {
    let agent = TestAgent::start();
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        assert_eq!(run(&agent.client, ProcessStart::new("/bin/true")).await.exit.code, 0);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let (median, p95) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!("/bin/true through Start: median {median:?}, p95 {p95:?}");
    assert!(median < Duration::from_millis(40), "median {median:?}");
}
