//! Making a capsule.

use std::{fs, io, os::unix::fs::DirBuilderExt, sync::Arc};

use rustix::process::{Resource, getrlimit};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::{connect, destroy, files_inside, launch, oci, paths::Paths, record, shared::Shared, stage};
use crate::{
    cgroup::Limits,
    error::{Error, Result},
    microvm,
    network::NetworkNamespace,
    process::Process,
    runtime::CapsuleSpec,
    tree,
};

/// Where a capsule's private layer comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum PrivateLayer {
    /// It is empty, and made with the capsule.
    New,
    /// It is there, in a directory made by [`make_directory`].
    Copied,
}

/// Makes the capsule's `runtime` directory anew.
pub(super) fn make_directory(paths: &Paths) -> Result<()> {
    let runtime = paths.runtime();
    tree::remove(runtime)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(runtime).map_err(Error::file("create", runtime))
}

/// Makes the capsule and waits for its agent. On an error everything is taken away again.
pub(super) async fn create(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
    layer: PrivateLayer,
) -> Result<()> {
    let guard = shared.locks.lock(&spec.id).await;
    let permit = Arc::clone(&shared.creations).acquire_owned().await.ok();
    let (built, guard) = build_in_thread(shared, spec, network, layer, guard).await?;
    drop(permit);
    let greeted = match built {
        Ok(init) => connect::greet(spec, &init).await,
        Err(error) => Err(error),
    };
    let Err(error) = greeted else { return Ok(()) };
    let error = with_console(error, spec);
    if let Err(second) = destroy::clear(shared, spec, guard).await {
        tracing::warn!(capsule = spec.id, error = %second, "cannot clear what a failed creation left");
    }
    Err(error)
}

/// Builds in a thread of its own, which changes namespaces and so is of no further use. It keeps the capsule's lock
/// until its end even when the caller has gone away.
async fn build_in_thread(
    shared: &Arc<Shared>,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
    layer: PrivateLayer,
    guard: OwnedMutexGuard<()>,
) -> Result<(Result<Process>, OwnedMutexGuard<()>)> {
    let (sender, receiver) = oneshot::channel();
    let (shared, spec, network) = (Arc::clone(shared), spec.clone(), network.clone());
    std::thread::Builder::new()
        .name(String::from("capsule-create"))
        .spawn(move || {
            let built = build(&shared, &spec, &network, layer);
            // Nobody listening any more is as good: the capsule is there for `destroy` to find.
            let _ = sender.send((built, guard));
        })
        .map_err(Error::system("start a thread"))?;
    receiver.await.map_err(|_| Error::system("build the capsule")(io::Error::other("its thread panicked")))
}

fn build(
    shared: &Shared,
    spec: &CapsuleSpec,
    network: &NetworkNamespace,
    layer: PrivateLayer,
) -> Result<Process> {
    if let Some(machine) = spec.layers.iter().find(|layer| microvm::is_machine(layer)) {
        let reason = "it holds the memory of a virtual machine; ask for the runtime microvm".to_owned();
        return Err(Error::Unusable { path: machine.clone(), reason });
    }
    let paths = Paths::of(spec);
    let (upper, work) = (paths.upper(), paths.work());
    match layer {
        PrivateLayer::New => {
            make_directory(&paths)?;
            files_inside::prepare(spec, &upper)?;
        }
        PrivateLayer::Copied => files_inside::rename(spec, &upper)?,
    }
    fs::create_dir(&work)
        .and_then(|()| std::os::unix::fs::chown(&work, Some(spec.first_id), Some(spec.first_id)))
        .map_err(Error::file("create", &work))?;

    let group = shared.group(&spec.id);
    group.create()?;
    let memory_bytes = u64::from(spec.memory_mb) << 20;
    group.limit(Limits { vcpus: spec.vcpus, memory_bytes, pids: spec.max_pids })?;

    // Before the stage covers the control groups.
    let to_join = if shared.engine.starts_in_group() { group.open_to_join()? } else { Vec::new() };
    let listener = connect::listen(spec)?;
    // The engine starts in it, too.
    network.enter()?;
    let staged =
        stage::stage(spec, &upper, &work, &shared.agent, &group.memory_events(), shared.engine.stage())?;
    let open_files = getrlimit(Resource::Nofile).maximum.unwrap_or(1 << 20);
    let mut config = oci::config(spec, &staged, network, open_files);
    shared.engine.amend(&mut config, &group);
    let path = paths.config();
    fs::write(&path, config.to_string()).map_err(Error::file("write", &path))?;

    let pid = launch::launch(shared, spec, to_join, listener)?;
    let ended = || Error::Agent { id: spec.id.clone(), reason: String::from("it ended at once") };
    let init = Process::now(pid).map_err(|_| ended())?;
    record::write(&paths, &init)?;
    Ok(init)
}

/// Adds what the agent printed to the error that says only that it did not start.
fn with_console(error: Error, spec: &CapsuleSpec) -> Error {
    match error {
        Error::Agent { id, reason } => {
            let printed = launch::tail(&Paths::of(spec).console());
            let reason = if printed.is_empty() { reason } else { format!("{reason}: {printed}") };
            Error::Agent { id, reason }
        }
        other => other,
    }
}
