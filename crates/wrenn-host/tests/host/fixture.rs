//! A host to test, and what it leaves.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tempfile::TempDir;
use wrenn_api::{CapsuleId, OnTimeout, TeamId};
use wrenn_host::{CapsuleView, Host, HostConfig, NewCapsule, Observer, ObserverError, Runtimes, State};
use wrenn_runtime::{Capabilities, Kind, fake::FakeRuntime, template::Defaults};

use crate::agent::Told;

/// More than any step of a test takes, however loaded the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A machine on which hosts come and go.
pub(crate) struct Machine {
    /// The default runtime, of containers.
    pub(crate) runtime: Arc<FakeRuntime>,
    pub(crate) microvms: Arc<FakeRuntime>,
    /// What the agents of the microvms were told.
    pub(crate) told: Told,
    pub(crate) notes: Arc<Notes>,
    pub(crate) config: HostConfig,
    dir: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let config = HostConfig {
            dir: root.join("capsules"),
            id_registry: root.join("ids"),
            max_capsules: 100,
            settle: PATIENCE,
            networks: wrenn_network::Networks::isolated(),
        };
        let told = Told::default();
        let agents = told.clone();
        let microvms = FakeRuntime::with_agent(move |listener| agents.agent(listener));
        let microvms = microvms.with_capabilities(Capabilities::MICROVM);
        Self {
            runtime: Arc::default(),
            microvms: Arc::new(microvms),
            told,
            notes: Arc::default(),
            config,
            dir,
        }
    }

    pub(crate) async fn host(&self) -> Host {
        let microvms = Arc::<FakeRuntime>::clone(&self.microvms);
        self.host_with(self.containers().and(microvms)).await
    }

    pub(crate) async fn host_with(&self, runtimes: Runtimes) -> Host {
        let notes = Arc::<Notes>::clone(&self.notes);
        Host::open(self.config.clone(), runtimes, notes).await.unwrap()
    }

    pub(crate) fn containers(&self) -> Runtimes {
        let runtime = Arc::<FakeRuntime>::clone(&self.runtime);
        Runtimes::new(runtime)
    }

    /// The runtime of a kind.
    pub(crate) fn runtime(&self, kind: Kind) -> &FakeRuntime {
        match kind {
            Kind::Container => &self.runtime,
            Kind::Microvm => &self.microvms,
        }
    }

    pub(crate) fn capsule_dir(&self, id: &CapsuleId) -> PathBuf {
        self.config.dir.join(id.as_str())
    }

    /// Nothing of any capsule is left: not in the runtime, nor on disk, nor among the user ids.
    pub(crate) fn assert_clean(&self) {
        assert_eq!(self.left(), Vec::<String>::new());
    }

    /// What is left of capsules.
    pub(crate) fn left(&self) -> Vec<String> {
        let mut left = self.runtime.left();
        left.extend(self.microvms.left());
        for dir in [&self.config.dir, &self.config.id_registry] {
            left.extend(
                std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path().display().to_string()),
            );
        }
        left
    }

    pub(crate) fn path(&self) -> &std::path::Path {
        self.dir.path()
    }
}

/// Remembers what it was told.
#[derive(Default)]
pub(crate) struct Notes {
    pub(crate) all: Mutex<Vec<(CapsuleId, State)>>,
    pub(crate) reasons: Mutex<BTreeMap<CapsuleId, Option<String>>>,
    pub(crate) refuse: AtomicBool,
}

impl Notes {
    /// The states that a capsule was reported in.
    pub(crate) fn of(&self, id: &CapsuleId) -> Vec<State> {
        self.all.lock().unwrap().iter().filter(|(of, _)| of == id).map(|(_, state)| *state).collect()
    }

    fn add(&self, view: &CapsuleView) {
        let id = view.record.id.clone();
        self.reasons.lock().unwrap().insert(id.clone(), view.record.reason.clone());
        self.all.lock().unwrap().push((id, view.record.state));
    }
}

#[async_trait]
impl Observer for Notes {
    fn changed(&self, view: &CapsuleView) {
        self.add(view);
    }

    async fn ended(&self, view: &CapsuleView) -> Result<(), ObserverError> {
        if self.refuse.load(Ordering::Relaxed) {
            return Err("the test wants it so".into());
        }
        self.add(view);
        Ok(())
    }
}

pub(crate) fn new_capsule() -> NewCapsule {
    NewCapsule {
        team_id: TeamId::generate(),
        template: "minimal".to_owned(),
        layers: vec!["/templates/minimal".into()],
        defaults: Defaults::default(),
        vcpus: 1,
        memory_mb: 512,
        timeout_sec: 0,
        on_timeout: OnTimeout::Pause,
        envs: BTreeMap::new(),
        metadata: BTreeMap::new(),
        network: wrenn_api::NetworkPolicy::default(),
        runtime: None,
        private_ports: wrenn_host::PortAccess::None,
    }
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}
