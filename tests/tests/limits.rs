//! A capsule that takes all it can harms itself only, and goes on.

use wrenn::Capsule;
use wrenn_tests::TestServer;

async fn shell(capsule: &Capsule, script: &str) -> wrenn::CommandOutput {
    capsule.commands().exec("bash").args(["-c", script]).await.expect("exec")
}

async fn assert_alive(capsule: &Capsule) {
    assert_eq!(shell(capsule, "echo alive").await.stdout, "alive\n");
}

/// Waits until what `/tmp/refused` has is the refusal of one more process, kills the one that asked for it, and waits for room.
async fn is_refused_and_then_has_room(capsule: &Capsule, refusal: &str, pid: u32) {
    wrenn_tests::eventually("one more process is refused", || async {
        let file = capsule.files().read_to_string("/tmp/refused").await.unwrap_or_default();
        file.contains(refusal).then_some(())
    })
    .await;
    capsule.commands().kill(pid, wrenn::Signal::Kill).await.unwrap();
    wrenn_tests::eventually("there is room again", || async {
        capsule.commands().exec("true").await.is_ok_and(|output| output.success()).then_some(())
    })
    .await;
    assert_alive(capsule).await;
}

#[tokio::test]
async fn a_process_that_takes_too_much_memory_is_killed_and_the_reason_said() {
    let server = TestServer::start().await;
    let capsule = server.client().create_capsule("minimal").memory_mb(128).await.unwrap();
    // Step by step: a kernel refuses at once what it could never give.
    let take = "x = []\nwhile True: x.append(bytearray(1 << 20))";
    let output = capsule.commands().exec("python3").args(["-c", take]).await.unwrap();
    assert_eq!(output.exit_code, 137, "{output:?}");
    assert!(output.stderr.contains("memory"), "the reason is said: {output:?}");
    assert_alive(&capsule).await;
    server.assert_clean().await;
}

#[tokio::test]
async fn a_fork_bomb_hits_the_limit_of_processes() {
    let server = TestServer::of_containers().await;
    // Enough memory that it is not this limit that is hit.
    let capsule = server.client().create_capsule("minimal").memory_mb(4096).await.unwrap();
    // The outer shell stays when the bomb's own gives up, so that there is something to kill.
    let bomb = "bash -c 'for i in $(seq 20000); do sleep 1000 & done' 2>/tmp/refused; exec sleep 1000";
    let started = capsule.commands().start("bash").args(["-c", bomb]).tag("bomb").await.unwrap();
    is_refused_and_then_has_room(&capsule, "Resource temporarily unavailable", started.pid).await;
    server.assert_clean().await;
}

#[tokio::test]
async fn threads_hit_the_limit_of_processes() {
    let server = TestServer::start().await;
    let capsule = server.client().create_capsule("minimal").memory_mb(1024).await.unwrap();
    let script = r#"
import _thread, time
_thread.stack_size(1 << 16)
try:
    for _ in range(20000):
        # Does not wait for the thread to begin, which on a busy machine takes its time 4,000 times.
        _thread.start_new_thread(time.sleep, (1000,))
except RuntimeError as error:
    open("/tmp/refused", "w").write(str(error))
time.sleep(1000)
"#;
    let started = capsule.commands().start("python3").args(["-c", script]).tag("threads").await.unwrap();
    is_refused_and_then_has_room(&capsule, "can't start new thread", started.pid).await;
    server.assert_clean().await;
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_the_old_file_stays() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    capsule.files().write("/dev/shm/file", "old").await.unwrap();
    let too_much = vec![7_u8; 1 << 20];
    let pieces = futures_util::stream::iter(std::iter::repeat_n(too_much, 1024).map(Ok::<_, std::io::Error>));
    let refused = capsule.files().upload_stream(pieces, "/dev/shm/file").await;
    assert!(refused.is_err(), "{refused:?}");
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("space") || message.contains("full"), "{message}");
    assert_eq!(capsule.files().read_to_string("/dev/shm/file").await.unwrap(), "old");
    assert_eq!(shell(&capsule, "ls -A /dev/shm").await.stdout, "file\n", "no rest of the upload");
    assert_alive(&capsule).await;
    server.assert_clean().await;
}

#[tokio::test]
async fn processor_time_is_limited() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    // Two busy loops in a capsule of one processor get one second of processor time in a second of time, about.
    let script =
        "for i in 1 2; do (exec timeout 2 sh -c 'while :; do :; done') & done; wait; times | tail -1";
    let output = shell(&capsule, script).await;
    let seconds: f64 = output
        .stdout
        .split_whitespace()
        .map(|time| {
            let (minutes, seconds) = time.trim_end_matches('s').split_once('m').expect("as in 0m1.2s");
            minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
        })
        .sum();
    assert!(seconds < 3.2, "two loops of two seconds got {seconds} s of one processor");
    server.assert_clean().await;
}
