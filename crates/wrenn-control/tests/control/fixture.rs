//! A control plane to test.

use std::{sync::Arc, time::Duration};

use tempfile::TempDir;
use wrenn_agent::{Agent, Listener, Settings};
use wrenn_api::{Capsule, CreateCapsuleRequest, ErrorCode, ExecRequest, TeamId};
use wrenn_control::{Control, ControlConfig, ControlError, Limits, Runtimes};
use wrenn_runtime::{
    fake::FakeRuntime,
    template::{Defaults, NewSnapshot, TemplateStore},
};

/// More than any step of a test takes, however loaded the machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// The template that every control plane here has.
pub(crate) const TEMPLATE: &str = "plain";

/// A machine on which servers come and go.
pub(crate) struct Machine {
    pub(crate) runtime: Arc<FakeRuntime>,
    pub(crate) limits: Limits,
    pub(crate) dir: TempDir,
}

impl Machine {
    pub(crate) async fn new() -> Self {
        let runtime = FakeRuntime::with_agent(|listener| {
            let agent = Agent::new(Settings::default());
            let serving = wrenn_agent::serve(Listener::Unix(listener), agent, std::future::pending());
            tokio::spawn(serving).abort_handle()
        });
        let limits = Limits { max_capsules: 20, max_output: 1 << 20, ..Limits::default() };
        let machine = Self { runtime: Arc::new(runtime), limits, dir: TempDir::new().unwrap() };
        machine.template(TEMPLATE, Defaults::default()).await;
        machine
    }

    /// Makes a template, in the place of one of the same name.
    pub(crate) async fn template(&self, name: &str, defaults: Defaults) {
        let templates = self.templates();
        let layer = templates.new_layer().unwrap();
        std::fs::create_dir(layer.path()).unwrap();
        let template = NewSnapshot {
            team: None,
            name: name.to_owned(),
            overwrite: true,
            below: Vec::new(),
            vcpus: 2,
            memory_mb: 256,
            runtime: None,
            defaults,
        };
        templates.add_snapshot(layer, template).await.unwrap();
    }

    pub(crate) fn templates(&self) -> TemplateStore {
        TemplateStore::open_with_cache(self.dir.path().join("templates"), self.dir.path().join("cache"))
            .unwrap()
    }

    pub(crate) async fn open(&self) -> Control {
        self.open_as("http://127.0.0.1:8080").await
    }

    pub(crate) async fn open_as(&self, base_url: &str) -> Control {
        let config = ControlConfig {
            data_dir: self.dir.path().join("data"),
            runtimes: Runtimes::new(Arc::<FakeRuntime>::clone(&self.runtime)),
            templates: self.templates(),
            base_url: base_url.to_owned(),
            id_registry: self.dir.path().join("ids"),
            limits: self.limits,
            networks: wrenn_network::Networks::isolated(),
        };
        Control::open(config).await.unwrap()
    }
}

/// A control plane with its first team.
pub(crate) struct Fixture {
    pub(crate) machine: Machine,
    pub(crate) control: Control,
    pub(crate) team: TeamId,
}

impl Fixture {
    pub(crate) async fn new() -> Self {
        Self::on(Machine::new().await).await
    }

    pub(crate) async fn on(machine: Machine) -> Self {
        let control = machine.open().await;
        let key = control.credentials().unwrap().api_key;
        let team = control.authenticate_api_key(&key).await.unwrap().team_id;
        Self { machine, control, team }
    }

    pub(crate) async fn capsule(&self) -> Capsule {
        self.control.create_capsule(&self.team, &request()).await.unwrap()
    }
}

pub(crate) fn request() -> CreateCapsuleRequest {
    CreateCapsuleRequest { template: Some(TEMPLATE.to_owned()), ..Default::default() }
}

/// A command of the shell.
pub(crate) fn shell(script: &str) -> ExecRequest {
    ExecRequest {
        cmd: "/bin/sh".to_owned(),
        args: vec!["-c".to_owned(), script.to_owned()],
        ..Default::default()
    }
}

/// Expects a refusal with a sentence that a client can act on.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T, ControlError>, code: ErrorCode) -> String {
    let Err(error) = result else { panic!("it was not refused") };
    assert_eq!(error.code(), code, "{error}");
    let message = error.message();
    assert!(message.ends_with('.') && message.starts_with(char::is_uppercase), "{message}");
    message.to_owned()
}

/// Waits until something holds.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}
