//! A machine with an internet of its own, in network namespaces: no packet of a test can leave for anywhere else.
//!
//! ```text
//!  machine                                     internet
//!  the server under test, its capsules         50.1.1.1, 50.1.1.2 and other addresses that answer,
//!  50.0.0.2, 50.0.0.3 ── 50.0.0.0/24 ── 50.0.0.1   among them private ones and that of metadata services;
//!                                              50.0.0.53 answers questions for names
//! ```

mod internet;
mod names;
mod probe;

use std::process::Command;

use wrenn::Capsule;
use wrenn_runtime::NetworkNamespace;

use crate::{Options, TestServer};

pub use internet::{Internet, Visit};
pub use names::Names;
pub use probe::{Probe, tcp, udp};

/// Addresses of the machine under test.
pub const MACHINE: [&str; 2] = ["50.0.0.2", "50.0.0.3"];
/// Addresses on the internet that anybody may reach.
pub const OPEN: [&str; 3] = ["50.1.1.1", "50.1.1.2", "50.1.1.3"];
/// Addresses beyond the machine that no capsule may reach.
pub const CLOSED: [&str; 6] =
    ["169.254.169.254", "10.9.9.9", "172.16.9.9", "192.168.9.9", "100.64.9.9", "198.18.9.9"];
/// An address of IPv6 on the internet.
pub const OPEN_IPV6: &str = "2001:db8::9";
const RESOLVER: &str = "50.0.0.53";

/// The machine and its internet.
pub struct Lab {
    /// What is on the internet.
    pub internet: Internet,
    /// The names of the internet.
    pub names: Names,
}

/// Runs a test on a machine of its own.
///
/// # Panics
/// When the test does.
pub fn run<F: Future<Output = ()>>(test: impl FnOnce(Lab) -> F + Send + 'static) {
    let machine = std::thread::spawn(move || {
        NetworkNamespace::empty().and_then(|machine| machine.enter()).expect("a machine's network");
        let internet = Internet::start();
        let names = Names::default();
        internet.serve_names(RESOLVER, &names);
        internet.connect();
        // Threads that it starts are on the machine, too.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(test(Lab { internet, names }));
    });
    if let Err(panic) = machine.join() {
        std::panic::resume_unwind(panic);
    }
}

impl Lab {
    /// A server on the machine.
    pub async fn server(&self, args: &[&str]) -> TestServer {
        let mut all = vec!["--network", "nat", "--dns", RESOLVER];
        all.extend(args);
        let args = all.into_iter().map(str::to_owned).collect();
        TestServer::start_with(Options { args, ..Options::default() }).await
    }

    /// A capsule with a policy, given as in the API.
    pub async fn capsule(&self, server: &TestServer, policy: serde_json::Value) -> Capsule {
        let policy = serde_json::from_value(policy).expect("a policy");
        server.client().create_capsule("minimal").network(policy).await.expect("a capsule")
    }
}

/// Runs `ip`, which must succeed.
fn ip(arguments: &str) -> String {
    let output = Command::new("ip").args(arguments.split(' ')).output().expect("ip, of the package iproute2");
    assert!(output.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the machine has of links to capsules and of our rules: nothing, when no server and no capsule is there.
pub fn traces() -> Vec<String> {
    let mut found: Vec<String> =
        ip("-o link").lines().filter(|line| line.contains(": wrn")).map(str::to_owned).collect();
    let addresses = ip("-o address");
    found.extend(addresses.lines().filter(|line| line.contains(" wrn")).map(str::to_owned));
    let rules = Command::new("nft").args(["list", "tables"]).output().expect("nft");
    found.extend(String::from_utf8_lossy(&rules.stdout).lines().map(str::to_owned));
    found
}
