//! A capsule in a test: made, used through its agent, and gone when the test is over, however it ends.

use std::{io, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use sha2::{Digest as _, Sha256};
use wrenn_agent_proto::{AgentClient, Init, ProcessEvent, ProcessStart};

use super::Subject;
use crate::{
    network::NetworkNamespace,
    runtime::{CapsuleSpec, Runtime},
};

/// A running capsule.
pub struct Capsule {
    /// What made it.
    pub runtime: Arc<dyn Runtime>,
    /// What it was made from.
    pub spec: CapsuleSpec,
    /// Its agent.
    pub agent: AgentClient,
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The exit code.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Capsule {
    /// Makes one from the subject's usual specification.
    pub async fn create(subject: &dyn Subject) -> Self {
        Self::create_from(subject.runtime(), subject.spec()).await
    }

    /// Makes one from `spec`.
    pub async fn create_from(runtime: Arc<dyn Runtime>, spec: CapsuleSpec) -> Self {
        let agent = agent(&runtime, &spec);
        let capsule = Self { runtime, spec, agent };
        capsule
            .runtime
            .create(&capsule.spec, &network())
            .await
            .unwrap_or_else(|error| panic!("{}", chain(&error)));
        capsule.refresh().await;
        capsule
    }

    /// One that `runtime` made already.
    pub fn adopt(runtime: Arc<dyn Runtime>, spec: CapsuleSpec) -> Self {
        Self { agent: agent(&runtime, &spec), runtime, spec }
    }

    /// Lets it go on after a pause.
    pub async fn resume(&self) {
        resume(&self.runtime, &self.spec).await;
        self.refresh().await;
    }

    /// Tells the agent what it cannot know when it continues an older state, as a host does.
    pub async fn refresh(&self) {
        if !self.runtime.capabilities().needs_refresh {
            return;
        }
        let random = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
        let now = time::OffsetDateTime::now_utc().format(&time::format_description::well_known::Rfc3339);
        let init = Init {
            timestamp: now.ok(),
            hostname: Some(self.spec.hostname.clone()),
            entropy: Some(STANDARD.encode(random.map(uuid::Uuid::into_bytes).concat())),
            machine_id: Some(machine_id(&self.spec.id)),
            ..Init::default()
        };
        // Where the connection of before the pause is only now found to be gone.
        if self.agent.init(&init).await.is_err() {
            self.agent.init(&init).await.expect("the agent takes what it missed");
        }
    }

    /// Runs a script as root and waits for its end.
    pub async fn run(&self, script: &str) -> Output {
        run(&self.agent, script).await
    }

    /// Runs a script as root, which must succeed, and returns what it printed, without the blanks around it.
    pub async fn must(&self, script: &str) -> String {
        let output = self.run(script).await;
        assert_eq!(output.code, 0, "`{script}` failed: {output:?}");
        output.stdout.trim().to_owned()
    }

    /// Runs a script as `user`, which must succeed.
    pub async fn must_as_user(&self, script: &str) -> String {
        let output = run(&self.agent.as_user("user"), script).await;
        assert_eq!(output.code, 0, "`{script}` failed: {output:?}");
        output.stdout.trim().to_owned()
    }

    /// Runs a script as root, which must fail, and returns its standard error.
    pub async fn must_not(&self, script: &str) -> String {
        let output = self.run(script).await;
        assert_ne!(output.code, 0, "`{script}` succeeded: {output:?}");
        output.stderr
    }

    /// Starts a script as root that goes on by itself, and returns when it runs.
    pub async fn start(&self, script: &str) {
        let command = ProcessStart::new("/bin/bash").arg("-c").arg(script);
        let mut events = self.agent.start(command).await.expect("the agent starts a process");
        let first = events.next().await.expect("the stream goes on");
        assert!(matches!(first, Some(ProcessEvent::Started { .. })), "{first:?}");
    }

    /// Destroys it.
    pub async fn destroy(self) {
        self.runtime.destroy(&self.spec).await.unwrap_or_else(|error| panic!("{}", chain(&error)));
    }
}

impl Drop for Capsule {
    fn drop(&mut self) {
        // A test that failed half way must leave no capsule; for the others this finds nothing to do.
        let (runtime, spec) = (Arc::clone(&self.runtime), self.spec.clone());
        let cleaner = std::thread::spawn(move || {
            let executor = tokio::runtime::Builder::new_current_thread().enable_all().build();
            executor.map(|executor| executor.block_on(runtime.destroy(&spec)))
        });
        let cleaned = cleaner.join();
        if !std::thread::panicking() {
            assert!(matches!(cleaned, Ok(Ok(Ok(())))), "cannot destroy the capsule: {cleaned:?}");
        }
    }
}

/// A network namespace as a capsule needs it at least.
pub(super) fn network() -> NetworkNamespace {
    NetworkNamespace::loopback().unwrap_or_else(|error| panic!("{}", chain(&error)))
}

/// Lets the capsule of `spec` go on after a pause.
/// The same for all of a capsule's life.
fn machine_id(id: &str) -> String {
    Sha256::digest(id).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

pub(super) async fn resume(runtime: &Arc<dyn Runtime>, spec: &CapsuleSpec) {
    let network = (!runtime.capabilities().paused_keeps_network).then(network);
    runtime.resume(spec, network.as_ref()).await.unwrap_or_else(|error| panic!("{}", chain(&error)));
}

/// A client of the agent in the capsule of `spec`.
pub(super) fn agent(runtime: &Arc<dyn Runtime>, spec: &CapsuleSpec) -> AgentClient {
    let is_only = runtime.capabilities().one_agent_connection;
    let (runtime, spec) = (Arc::clone(runtime), spec.clone());
    let dial = move || {
        let (runtime, spec) = (Arc::clone(&runtime), spec.clone());
        async move { runtime.connect(&spec).await.map_err(io::Error::other) }
    };
    if is_only { AgentClient::over_one_connection(dial) } else { AgentClient::new(dial) }
}

/// An error with all its causes, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}

async fn run(agent: &AgentClient, script: &str) -> Output {
    let command = ProcessStart::new("/bin/bash").arg("-c").arg(script);
    let mut events = agent.start(command).await.expect("the agent starts a process");
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    while let Some(event) = events.next().await.expect("the stream goes on") {
        match event {
            ProcessEvent::Stdout(bytes) => stdout.extend_from_slice(&bytes),
            ProcessEvent::Stderr(bytes) => stderr.extend_from_slice(&bytes),
            ProcessEvent::Ended(exit) => {
                return Output {
                    code: exit.code,
                    stdout: String::from_utf8_lossy(&stdout).into_owned(),
                    stderr: String::from_utf8_lossy(&stderr).into_owned(),
                };
            }
            ProcessEvent::Started { .. } | ProcessEvent::Pty(_) | ProcessEvent::Keepalive => {}
        }
    }
    panic!("the stream of `{script}` ended before the process did");
}
