//! A control plane whose capsules are not isolated: the real agent runs in this process for each of them.

use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{Mutex, watch},
};
use wrenn_agent::{Agent, Listener, Settings};
use wrenn_agent_proto::{AgentClient, process::Signal};
use wrenn_control::{Control, ControlConfig, Limits, Runtimes};
use wrenn_runtime::{
    Capabilities, CapsuleSpec, Condition, NetworkNamespace, Result, Runtime, Usage,
    template::{Defaults, NewSnapshot, TemplateStore},
};

/// A control plane in `dir` with the template `plain`.
pub(super) async fn control(dir: &Path) -> Control {
    let templates =
        TemplateStore::open_with_cache(dir.join("templates"), dir.join("cache")).expect("a store");
    let layer = templates.new_layer().expect("a layer");
    std::fs::create_dir(layer.path()).expect("a layer's directory");
    let plain = NewSnapshot {
        team: None,
        name: "plain".to_owned(),
        overwrite: false,
        below: Vec::new(),
        vcpus: 1,
        memory_mb: 512,
        runtime: None,
        defaults: Defaults::default(),
    };
    templates.add_snapshot(layer, plain).await.expect("a template");
    let config = ControlConfig {
        data_dir: dir.join("data"),
        runtimes: Runtimes::new(Arc::new(Unisolated::default())),
        templates,
        base_url: "http://127.0.0.1:8080".to_owned(),
        id_registry: dir.join("ids"),
        limits: Limits::default(),
        networks: wrenn_network::Networks::isolated(),
    };
    Control::open(config).await.expect("a control plane")
}

/// Runs an agent on this very machine for each capsule.
#[derive(Default)]
struct Unisolated(Mutex<HashMap<String, watch::Sender<Condition>>>);

impl Unisolated {
    async fn set(&self, spec: &CapsuleSpec, condition: Condition) {
        if let Some(state) = self.0.lock().await.get(&spec.id) {
            state.send_replace(condition);
        }
    }

    async fn end(&self, spec: &CapsuleSpec) {
        let Some(state) = self.0.lock().await.remove(&spec.id) else { return };
        let socket = socket(spec);
        let client = AgentClient::new(move || {
            let socket = socket.clone();
            Box::pin(async move { UnixStream::connect(socket).await })
        });
        for process in client.list().await.unwrap_or_default() {
            // It may have ended meanwhile.
            let _ = client.send_signal(process.pid, Signal::SIGNAL_SIGKILL).await;
        }
        state.send_replace(Condition::Exited);
    }
}

fn socket(spec: &CapsuleSpec) -> std::path::PathBuf {
    spec.dir.join("agent.sock")
}

#[async_trait]
impl Runtime for Unisolated {
    fn capabilities(&self) -> Capabilities {
        Capabilities::CONTAINER
    }

    async fn create(&self, spec: &CapsuleSpec, _network: &NetworkNamespace) -> Result<()> {
        let (state, mut ended) = watch::channel(Condition::Running);
        let listener = UnixListener::bind(socket(spec)).expect("a socket");
        let agent = Agent::new(Settings::default());
        tokio::spawn(wrenn_agent::serve(Listener::Unix(listener), agent, async move {
            let _ = ended.wait_for(|condition| *condition == Condition::Exited).await;
        }));
        self.0.lock().await.insert(spec.id.clone(), state);
        Ok(())
    }

    async fn network(&self, _spec: &CapsuleSpec) -> Result<NetworkNamespace> {
        NetworkNamespace::current()
    }

    async fn connect(&self, spec: &CapsuleSpec) -> Result<UnixStream> {
        let gone = || wrenn_runtime::Error::NotRunning { id: spec.id.clone() };
        let known = self.0.lock().await.contains_key(&spec.id);
        if known { UnixStream::connect(socket(spec)).await.map_err(|_| gone()) } else { Err(gone()) }
    }

    async fn inspect(&self, spec: &CapsuleSpec) -> Result<Condition> {
        let all = self.0.lock().await;
        Ok(all.get(&spec.id).map_or(Condition::Missing, |state| *state.borrow()))
    }

    async fn wait(&self, spec: &CapsuleSpec) -> Result<()> {
        let state = self.0.lock().await.get(&spec.id).map(watch::Sender::subscribe);
        if let Some(mut state) = state {
            let _ = state.wait_for(|condition| *condition == Condition::Exited).await;
        }
        Ok(())
    }

    async fn pause(&self, spec: &CapsuleSpec) -> Result<()> {
        self.set(spec, Condition::Paused).await;
        Ok(())
    }

    async fn resume(&self, spec: &CapsuleSpec, _network: Option<&NetworkNamespace>) -> Result<()> {
        self.set(spec, Condition::Running).await;
        Ok(())
    }

    async fn stop(&self, spec: &CapsuleSpec, _grace: Duration) -> Result<()> {
        self.end(spec).await;
        Ok(())
    }

    async fn destroy(&self, spec: &CapsuleSpec) -> Result<()> {
        self.end(spec).await;
        Ok(())
    }

    async fn snapshot(&self, _spec: &CapsuleSpec, layer: &Path) -> Result<()> {
        std::fs::create_dir(layer).expect("a layer's directory");
        Ok(())
    }

    async fn fork(
        &self,
        _spec: &CapsuleSpec,
        into: &[(CapsuleSpec, NetworkNamespace)],
    ) -> Result<Vec<Result<()>>> {
        for (child, network) in into {
            self.create(child, network).await?;
        }
        Ok(into.iter().map(|_| Ok(())).collect())
    }

    async fn usage(&self, _spec: &CapsuleSpec) -> Result<Usage> {
        Ok(Usage::default())
    }
}
