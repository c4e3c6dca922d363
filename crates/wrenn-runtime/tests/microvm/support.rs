//! Virtual machines of the template `minimal`, for tests.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use wrenn_runtime::{
    CapsuleSpec, Runtime,
    conformance::{self, Subject},
    microvm::{Accelerator, MicrovmOptions, MicrovmRuntime},
    template::{Builtin, TemplateStore},
};

/// Of all tests in this process.
static NEXT: AtomicU32 = AtomicU32::new(0);

/// Machines in a directory of their own.
pub(crate) struct Machines {
    pub(crate) directory: TempDir,
    pub(crate) layers: Vec<PathBuf>,

    runtime: MicrovmRuntime,
}

impl Machines {
    pub(crate) async fn new() -> Self {
        Self::with(|options| options).await
    }

    /// With other options than the usual ones.
    pub(crate) async fn with(change: impl FnOnce(MicrovmOptions) -> MicrovmOptions) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = TemplateStore::open(directory.path().join("templates")).unwrap();
        let template = store.ensure_builtin(Builtin::Minimal, &|_| {}).await.unwrap();
        let runtime = MicrovmRuntime::new(change(Self::options_in(&directory))).unwrap();
        let machines = Self { directory, layers: template.layers, runtime };
        // One boot for all tests of this machine.
        machines.runtime.save_template(&machines.spec()).await.unwrap();
        machines
    }

    pub(crate) fn options(&self) -> MicrovmOptions {
        Self::options_in(&self.directory)
    }

    fn options_in(directory: &TempDir) -> MicrovmOptions {
        let options =
            MicrovmOptions::new(directory.path().join("shared"), accelerator(), wrenn_agent_binary::bytes());
        // Nothing goes on behind a test's back.
        MicrovmOptions { spares: 0, saves_templates: false, boot_limit: boot_limit(), ..options }
    }

    /// The directory, after the runtime is gone.
    pub(crate) fn into_directory(self) -> TempDir {
        self.directory
    }

    /// Another process's view, with other options.
    pub(crate) fn other_runtime(
        &self,
        change: impl FnOnce(MicrovmOptions) -> MicrovmOptions,
    ) -> MicrovmRuntime {
        MicrovmRuntime::new(change(self.options())).unwrap()
    }

    pub(crate) fn microvm_runtime(&self) -> &MicrovmRuntime {
        &self.runtime
    }
}

/// What the tests run on: `WRENN_TEST_ACCELERATOR=kvm` where there is KVM.
pub(crate) fn accelerator() -> Accelerator {
    match std::env::var("WRENN_TEST_ACCELERATOR").as_deref() {
        Ok("kvm") => Accelerator::Kvm,
        _ => Accelerator::Tcg,
    }
}

/// Where KVM itself is played in software, a boot takes half a minute, and on a busy machine more.
pub(crate) fn boot_limit() -> Duration {
    match accelerator() {
        Accelerator::Kvm => Duration::from_secs(180),
        Accelerator::Tcg => Duration::from_secs(60),
    }
}

impl Subject for Machines {
    fn runtime(&self) -> Arc<dyn Runtime> {
        Arc::new(MicrovmRuntime::new(self.options()).unwrap())
    }

    fn spec(&self) -> CapsuleSpec {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let id = format!("cl-test{}x{number}v", std::process::id());
        // Nobody has ids here.
        conformance::spec_in(self.directory.path(), &self.layers, id, 0)
    }

    fn crash(&self, spec: &CapsuleSpec) {
        let pid = self.runtime.first_process(spec).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }

    fn remains(&self, spec: &CapsuleSpec) -> Vec<String> {
        self.runtime.remains(spec)
    }
}
