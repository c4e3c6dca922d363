//! What every request works with.

use std::sync::Arc;

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wrenn_control::Control;

use crate::{Config, metrics::Metrics, ports};

/// Everything that requests share; built once, cheap to clone.
#[derive(Clone)]
pub(crate) struct App(Arc<Inner>);

/// The parts of an [`App`].
pub(crate) struct Inner {
    /// What does the work.
    pub(crate) control: Arc<Control>,
    /// Limits.
    pub(crate) config: Config,
    /// Counts of requests.
    pub(crate) metrics: Metrics,
    /// Speaks to what listens inside capsules.
    pub(crate) ports: ports::Client,
    /// Set when the server is asked to stop: streams say goodbye.
    pub(crate) stopping: CancellationToken,
    /// Set when the time to stop is over.
    pub(crate) aborted: CancellationToken,
    /// Connections and streams that a stop waits for.
    pub(crate) tasks: TaskTracker,
}

impl App {
    /// A fresh server's state.
    pub(crate) fn new(control: Arc<Control>, config: Config) -> Self {
        Self(Arc::new(Inner {
            ports: ports::client(&control),
            control,
            config,
            metrics: Metrics::default(),
            stopping: CancellationToken::new(),
            aborted: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
