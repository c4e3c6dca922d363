//! What capsules reach and what they do not, on a machine whose internet is the test's own.

mod connected;
mod isolation;
mod live;
mod many;
mod names;
mod spoofing;
mod vm;

use std::{fs::File, os::fd::OwnedFd, path::PathBuf, process::Command, time::Duration};

use wrenn::Capsule;
use wrenn_runtime::NetworkNamespace;
use wrenn_tests::{TestServer, eventually, netlab::Probe};

/// For a server of containers: their network's namespace is that of the processes inside.
const CONTAINER: [&str; 2] = ["--runtime", "container"];
/// For a server of virtual machines. Where the processor runs no guests, they are played in software.
const MICROVM: [&str; 2] = ["--runtime", "microvm"];

/// A capsule's network: that of its first process, or the one that its virtual machine's process holds open.
fn network_of(server: &TestServer, capsule: &Capsule) -> NetworkNamespace {
    let dir = server.data_dir().join("capsules").join(capsule.id()).join("runtime");
    let pid = |note: &[u8], field: &str| {
        let note: serde_json::Value = serde_json::from_slice(note).unwrap();
        i32::try_from(note.pointer(field).unwrap().as_i64().unwrap()).unwrap()
    };
    if let Ok(note) = std::fs::read(dir.join("init.json")) {
        return NetworkNamespace::of_process(pid(&note, "/pid")).unwrap();
    }
    let machine = pid(&std::fs::read(dir.join("machine.json")).unwrap(), "/process/pid");
    let mut open =
        std::fs::read_dir(format!("/proc/{machine}/fd")).unwrap().map(|entry| entry.unwrap().path());
    let is_network =
        |path: &PathBuf| std::fs::read_link(path).unwrap().to_string_lossy().starts_with("net:[");
    NetworkNamespace::from(OwnedFd::from(File::open(open.find(is_network).unwrap()).unwrap()))
}

/// Runs a program as the machine's root in a capsule's network, and returns its output.
fn in_network_of(server: &TestServer, capsule: &Capsule, program: &str, arguments: &[&str]) -> String {
    let output =
        network_of(server, capsule).run(|| Command::new(program).args(arguments).output().unwrap()).unwrap();
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
