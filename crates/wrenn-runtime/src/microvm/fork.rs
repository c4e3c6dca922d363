//! Live copies of a capsule.

use std::{io, sync::Arc};

use tokio::task::JoinSet;

use super::{
    base::Base,
    create,
    paths::Paths,
    plan::Plan,
    restore,
    scratch::Scratch,
    shared::{Shared, blocking},
    snapshot::{self, Then},
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::CapsuleSpec,
};

/// Makes each of `into` go on where the capsule of `spec` is, which goes on as well. The answer has their outcomes in
/// their order.
pub(super) async fn fork(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    into: &[(CapsuleSpec, NetworkNamespace)],
) -> Result<Vec<Result<()>>> {
    let guard = shared.locks.lock(&spec.id).await;
    let original = {
        let (shared, spec) = (Arc::clone(shared), spec.clone());
        blocking(move || {
            let _guard = guard;
            Original::save(&shared, &spec)
        })
        .await?
    };
    Ok(original.start(shared, into).await)
}

/// What all the copies begin with. They have its files by names of their own, so that it goes with the last that starts.
struct Original {
    plan: Plan,
    base: Base,
    _scratch: Scratch,
}

impl Original {
    fn save(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<Self> {
        let scratch = Scratch::new(shared, "fork")?;
        let plan = Plan::without_base(spec)?;
        let dir = scratch.machine();
        let saved = snapshot::write(&Paths::of(spec), &plan, &dir, Then::GoOn)?;
        Ok(Self { plan, base: Base { dir, saved: Arc::new(saved) }, _scratch: scratch })
    }

    /// Starts all of them at once. Those that are still to start when this future is dropped do not.
    async fn start(self, shared: &Arc<Shared>, all: &[(CapsuleSpec, NetworkNamespace)]) -> Vec<Result<()>> {
        let original = Arc::new(self);
        let mut starts = JoinSet::new();
        for (number, (spec, network)) in all.iter().enumerate() {
            let (original, shared) = (Arc::clone(&original), Arc::clone(shared));
            let (spec, network) = (spec.clone(), network.clone());
            starts.spawn(async move {
                // From here on it goes on to its end, so that `destroy` waits for it and finds all of it.
                let guard = shared.locks.lock(&spec.id).await;
                let task = tokio::spawn(async move {
                    let made = {
                        let (shared, spec) = (Arc::clone(&shared), spec.clone());
                        let restore = move || {
                            let Self { plan, base, .. } = &*original;
                            restore::restore(&shared, &spec, plan, base, &network)
                        };
                        blocking(restore).await
                    };
                    create::settle(&shared, &spec, made, guard).await
                });
                (number, task.await.unwrap_or_else(|error| Err(panicked(error))))
            });
        }
        drop(original);
        let mut started: Vec<Result<()>> = Vec::new();
        started.resize_with(all.len(), || Err(panicked("no answer")));
        while let Some(ended) = starts.join_next().await {
            if let Ok((number, result)) = ended {
                started[number] = result;
            }
        }
        started
    }
}

fn panicked(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::system("make a copy of a capsule")(io::Error::other(error))
}
