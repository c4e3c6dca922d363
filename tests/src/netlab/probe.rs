//! Trying from inside a capsule what can be reached.

use wrenn::Capsule;

use super::internet::PORT;

/// Something to reach.
#[derive(Debug, Clone)]
pub struct Probe {
    kind: &'static str,
    host: String,
    port: u16,
}

/// A connection to an address or a name, on the port that everything on the internet listens on.
pub fn tcp(host: &str) -> Probe {
    Probe { kind: "tcp", host: host.to_owned(), port: PORT }
}

/// A packet, and its answer.
pub fn udp(host: &str) -> Probe {
    Probe { kind: "udp", host: host.to_owned(), port: PORT }
}

impl Probe {
    /// The same on another port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Tries several, one after the other. Each answers what it heard, or `failed` with what happened and whether that was
    /// `soon`.
    ///
    /// # Panics
    /// When the capsule cannot run the script.
    pub async fn all(capsule: &Capsule, probes: &[Self]) -> Vec<String> {
        let targets: Vec<_> = probes.iter().map(|probe| (probe.kind, &probe.host, probe.port)).collect();
        let targets = serde_json::to_string(&targets).expect("JSON");
        let output = capsule
            .commands()
            .exec("python3")
            .args(["-c", SCRIPT, &targets])
            .timeout(std::time::Duration::from_secs(120))
            .await
            .expect("a script");
        assert!(output.success(), "{output:?}");
        output.stdout.lines().map(str::to_owned).collect()
    }

    /// Tries one.
    pub async fn one(self, capsule: &Capsule) -> String {
        Self::all(capsule, &[self]).await.remove(0)
    }
}

const SCRIPT: &str = r#"
import json, socket, sys, time
for kind, host, port in json.loads(sys.argv[1]):
    start = time.monotonic()
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port)[0]
        s = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
        s.settimeout(2)
        s.connect(address)
        if kind == "udp":
            s.send(b"anybody?")
        print(s.recv(100).decode().strip(), flush=True)
    except Exception as error:
        soon = "soon" if time.monotonic() - start < 1 else "late"
        print("failed", soon, type(error).__name__, error, flush=True)
"#;
