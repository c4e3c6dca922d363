//! What fifty capsules cost that do nothing.

use futures_util::future::join_all;
use wrenn_tests::TestServer;

/// Processor time of a process so far, in clock ticks.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("the process lives");
    let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test]
async fn fifty_idle_capsules_cost_the_server_next_to_nothing() {
    let server = TestServer::start().await;
    join_all((0..50).map(|_| server.capsule())).await;
    let before = ticks(server.pid());
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let used = ticks(server.pid()) - before;
    println!("{used} ticks of 10 ms in 4 s");
    assert!(used <= 80, "the server took {used} of 400 ticks for 50 idle capsules");
    server.assert_clean().await;
}
