//! Containers of the template `minimal`, for tests.

use std::{
    os::{linux::net::SocketAddrExt, unix::net::SocketAddr, unix::net::UnixListener},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use wrenn_runtime::{
    CapsuleSpec, Runtime,
    conformance::{self, Subject},
    container::{ContainerOptions, ContainerRuntime},
    template::{Builtin, TemplateStore},
};

/// Above the ids that hosts give to capsules.
const FIRST_ID: u32 = 2_000_000_000;
const IDS_OF_A_CAPSULE: u32 = 65_536;
/// How many capsules one test may have.
const CAPSULES: u32 = 32;
const TESTS: u32 = 1_000;

/// Capsules in a directory of their own, with ids that no other test has.
pub(crate) struct Containers {
    pub(crate) directory: TempDir,
    pub(crate) layers: Vec<PathBuf>,
    ids: Ids,
}

impl Containers {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = TemplateStore::open(directory.path().join("templates")).unwrap();
        let template = store.ensure_builtin(Builtin::Minimal, &|_| {}).await.unwrap();
        Self { directory, layers: template.layers, ids: Ids::claim() }
    }

    pub(crate) fn container_runtime(&self) -> ContainerRuntime {
        ContainerRuntime::new(self.options()).unwrap()
    }

    /// Like `remains`, but for mounts, for tests that mount something themselves.
    pub(crate) fn remains_but_mounts(&self, spec: &CapsuleSpec) -> Vec<String> {
        self.remains(spec).into_iter().filter(|found| !found.starts_with("mount ")).collect()
    }

    pub(crate) fn options(&self) -> ContainerOptions {
        ContainerOptions::new(self.directory.path().join("shared"), wrenn_agent_binary::bytes())
    }
}

impl Subject for Containers {
    fn runtime(&self) -> Arc<dyn Runtime> {
        Arc::new(self.container_runtime())
    }

    fn spec(&self) -> CapsuleSpec {
        let first_id = self.ids.next();
        let id = format!("cl-test{}x{first_id}", std::process::id());
        conformance::spec_in(self.directory.path(), &self.layers, id, first_id)
    }

    fn crash(&self, spec: &CapsuleSpec) {
        let pid = self.container_runtime().first_process(spec).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    }

    fn remains(&self, spec: &CapsuleSpec) -> Vec<String> {
        self.container_runtime().remains(spec)
    }
}

/// A share of the ids, held against other test processes by a socket that vanishes with this one.
struct Ids {
    next: AtomicU32,
    _claim: UnixListener,
}

impl Ids {
    fn claim() -> Self {
        let start = std::process::id() % TESTS;
        for number in (start..TESTS).chain(0..start) {
            let name = SocketAddr::from_abstract_name(format!("wrenn-runtime-test-ids-{number}")).unwrap();
            if let Ok(claim) = UnixListener::bind_addr(&name) {
                let first = FIRST_ID + number * CAPSULES * IDS_OF_A_CAPSULE;
                return Self { next: AtomicU32::new(first), _claim: claim };
            }
        }
        panic!("all shares of the test ids are in use");
    }

    fn next(&self) -> u32 {
        self.next.fetch_add(IDS_OF_A_CAPSULE, Ordering::Relaxed)
    }
}
