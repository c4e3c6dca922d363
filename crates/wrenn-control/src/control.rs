//! The entry to the control plane.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wrenn_host::{Host, HostConfig};
use wrenn_runtime::template::TemplateStore;
use wrenn_store::Store;

use crate::{
    ControlConfig, ControlError, Credentials, Limits, Result, bootstrap, keys::Keys, notebooks::Notebooks,
    notes::Notes, ports::Visits, snapshots::garbage, team::ticker,
};

/// How long create, pause and resume wait for a settled status.
const SETTLE: Duration = Duration::from_secs(10);

/// The control plane of one machine. Clones share it.
#[derive(Clone)]
pub struct Control {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) host: Host,
    pub(crate) templates: TemplateStore,
    pub(crate) notes: Arc<Notes>,
    pub(crate) keys: Keys,
    pub(crate) visits: Visits,
    pub(crate) limits: Limits,
    pub(crate) notebooks: Notebooks,
    data_dir: PathBuf,
    stop: CancellationToken,
    tasks: Mutex<JoinSet<()>>,
}

impl Control {
    /// Opens the database, makes owner, team, key and `bootstrap.json` at the first start, and takes over the capsules
    /// that an earlier server left.
    pub async fn open(config: ControlConfig) -> Result<Self> {
        let ControlConfig { data_dir, runtimes, templates, base_url, id_registry, limits, networks } = config;
        bootstrap::create_private_dir(&data_dir)?;
        let store = Store::open(&data_dir.join("wrenn.db")).await?;
        bootstrap::run(&store, &data_dir, &base_url).await?;
        let mut tasks = JoinSet::new();
        let (notes, saver) = Notes::new(store.clone());
        tasks.spawn(saver);
        let notes = Arc::new(notes);
        let host_config = HostConfig {
            dir: data_dir.join("capsules"),
            id_registry,
            max_capsules: limits.max_capsules,
            settle: SETTLE,
            networks,
        };
        let host = Host::open(host_config, runtimes, Arc::<Notes>::clone(&notes))
            .await
            .map_err(ControlError::internal)?;
        let known: HashSet<_> = host.list().into_iter().map(|view| view.record.id).collect();
        let missing = store.mark_missing(&known).await?;
        if missing > 0 {
            tracing::warn!(missing, "capsules of the database are not on this machine any more");
        }
        let inner = Inner {
            keys: Keys::default(),
            notebooks: Notebooks::default(),
            visits: Visits::default(),
            stop: CancellationToken::new(),
            tasks: Mutex::new(tasks),
            store,
            host,
            templates,
            notes,
            limits,
            data_dir,
        };
        let control = Self { inner: Arc::new(inner) };
        control.spawn(ticker::run(control.downgrade(), control.inner.stop.clone()));
        control.spawn(garbage::run(control.downgrade(), control.inner.stop.clone()));
        Ok(control)
    }

    /// Writes down what is only in memory. Capsules go on; the next server takes them over.
    pub async fn shutdown(&self) {
        self.inner.stop.cancel();
        self.inner.notebooks.close().await;
        self.inner.host.shutdown().await;
        self.inner.notes.close().await;
        let mut tasks = std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        while tasks.join_next().await.is_some() {}
        ticker::flush(&self.inner).await;
        self.inner.store.close().await;
    }

    /// Lets go of everything at once, as if the server were killed; returns once no task of it is left.
    pub async fn abandon(&self) {
        let mut tasks = std::mem::take(&mut *self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        tasks.shutdown().await;
        self.inner.notebooks.close().await;
        self.inner.host.abandon().await;
    }

    /// What the first user needs, as `bootstrap.json` has it.
    pub fn credentials(&self) -> Result<Credentials> {
        bootstrap::read(&self.inner.data_dir)
    }

    /// The data directory.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    /// The number of capsules on this machine, by status.
    pub fn count_capsules(&self) -> std::collections::BTreeMap<wrenn_api::CapsuleStatus, u64> {
        let mut counts = std::collections::BTreeMap::new();
        for view in self.inner.host.list() {
            *counts.entry(view.record.state.status()).or_default() += 1;
        }
        counts
    }

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.inner.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(task);
    }

    pub(crate) fn downgrade(&self) -> std::sync::Weak<Inner> {
        Arc::downgrade(&self.inner)
    }
}
