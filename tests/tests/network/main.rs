//! What capsules reach and what they do not, on a machine whose internet is the test's own.

mod connected;
mod isolation;
mod live;
mod many;
mod names;
mod spoofing;

use std::{process::Command, time::Duration};

use wrenn::Capsule;
use wrenn_runtime::NetworkNamespace;
use wrenn_tests::{TestServer, eventually, netlab::Probe};

/// The number of the capsule's first process.
fn first_process(server: &TestServer, capsule: &Capsule) -> i32 {
    let path = server.data_dir().join("capsules").join(capsule.id()).join("runtime/init.json");
    let note: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    i32::try_from(note["pid"].as_i64().unwrap()).unwrap()
}

/// Runs a program as the machine's root in a capsule's network, and returns its output.
fn in_network_of(server: &TestServer, capsule: &Capsule, program: &str, arguments: &[&str]) -> String {
    let namespace = NetworkNamespace::of_process(first_process(server, capsule)).unwrap();
    let output = namespace.run(|| Command::new(program).args(arguments).output().unwrap()).unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Waits until what a capsule hears is as it should be.
async fn until(what: &str, capsule: &Capsule, probe: &Probe, holds: impl Fn(&str) -> bool) {
    eventually(what, || async {
        let heard = probe.clone().one(capsule).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        holds(&heard).then_some(())
    })
    .await;
}
