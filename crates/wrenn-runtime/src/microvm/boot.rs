//! A machine that boots, and the saving of it for others to go on from.

use std::{fs, path::Path, sync::Arc, time::Duration};

use tokio::{net::UnixStream, sync::oneshot};

use super::{
    base::{self, Base},
    connect, end,
    memory::blank,
    paths::Paths,
    plan::Plan,
    provision,
    qemu::{CONSOLE, CONSOLE_SIZE},
    qmp::Qmp,
    scratch::Scratch,
    shared::{Shared, blocking},
    snapshot, spares,
    start::{self, Origin},
    tap,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    process::Process,
    tree,
};

/// How often a boot that hangs is tried.
const ATTEMPTS: u32 = 3;
/// What a machine is called that is only saved.
const HOSTNAME: &str = "capsule";

/// Resolves when the one who waits for a machine goes away.
pub(super) type Abandoned = oneshot::Receiver<()>;

/// A machine to boot.
#[derive(Debug, Clone)]
pub(super) struct Boot {
    pub(super) paths: Paths,
    pub(super) plan: Plan,
    /// The name of its control group, and its id in errors.
    pub(super) name: String,
    pub(super) hostname: String,
    pub(super) network: NetworkNamespace,
}

impl Boot {
    /// Boots it, again when it hangs, and returns when the agent answers, or when nobody needs it any more: when the other
    /// end of `abandoned` is dropped.
    pub(super) async fn run(&self, shared: &Arc<Shared>, abandoned: &mut Abandoned) -> Result<()> {
        let mut attempt = 1;
        loop {
            let started = {
                let (boot, shared) = (self.clone(), Arc::clone(shared));
                blocking(move || boot.start(&shared)).await
            };
            let answers = match started {
                Ok(process) => tokio::select! {
                    answers = self.answers(&process, shared.options.boot_limit) => answers,
                    // Whoever removes what there is of it ends it, too.
                    _ = &mut *abandoned => return Err(Error::NotRunning { id: self.name.clone() }),
                },
                // QEMU itself hangs.
                Err(error @ Error::Timeout { .. }) => Err(error),
                Err(error) => return Err(error),
            };
            let Err(error) = answers else { return Ok(()) };
            let hung = matches!(error, Error::Timeout { .. });
            let (boot, holder) = (self.clone(), Arc::clone(shared));
            let printed = blocking(move || boot.give_up(&holder)).await?;
            if !hung || attempt == ATTEMPTS {
                return Err(with_console(error, &self.name, &printed));
            }
            tracing::warn!(capsule = self.name, attempt, printed, "a boot hung and is tried again");
            attempt += 1;
        }
    }

    fn start(&self, shared: &Shared) -> Result<Process> {
        let Self { paths, plan, name, .. } = self;
        start::make_dir(paths)?;
        base::share(&blank(&shared.options.root, plan.memory_mb)?, &paths.ram())?;
        provision::make_disk(shared, &paths.disk())?;
        let kernel = plan.kernel(shared, &self.hostname)?;
        let tap = tap::make(&self.network)?;
        let (mut record, _) = start::start(shared, paths, plan, name, &tap, &Origin::Boot(&kernel), 0)?;
        tap::bring_up(&self.network)?;
        start::run(paths, &mut record, None, &self.network)?;
        Ok(record.process)
    }

    async fn answers(&self, process: &Process, limit: Duration) -> Result<()> {
        let socket = self.paths.agent();
        let ended =
            || Error::Agent { id: self.name.clone(), reason: String::from("its machine ended at once") };
        tokio::select! {
            greeted = tokio::time::timeout(limit, connect::open(&socket)) => match greeted {
                Ok(stream) => stream.map(|_: UnixStream| ()).map_err(Error::file("connect to", &socket)),
                Err(_) => Err(Error::Timeout { action: "booting a virtual machine", limit }),
            },
            gone = process.ended() => gone.and(Err(ended())),
        }
    }

    /// Ends it and returns what it printed.
    fn give_up(&self, shared: &Shared) -> Result<String> {
        let console = Qmp::connect(&self.paths.monitor())
            .and_then(|mut qmp| qmp.console(CONSOLE, CONSOLE_SIZE))
            .unwrap_or_default();
        end::kill(shared, &self.paths, &self.name)?;
        let log = fs::read_to_string(self.paths.log()).unwrap_or_default();
        let printed = format!("{console}{log}");
        let path = self.paths.console();
        fs::write(&path, &printed).map_err(Error::file("write", path))?;
        Ok(printed)
    }
}

fn with_console(error: Error, name: &str, printed: &str) -> Error {
    const TAIL: usize = 2_000;
    let from = printed.len().saturating_sub(TAIL);
    let tail = String::from_utf8_lossy(&printed.as_bytes()[from..]);
    match tail.trim() {
        "" => error,
        tail => Error::Agent { id: name.to_owned(), reason: format!("{error}: {tail}") },
    }
}

/// Boots a machine of its own in the background, saves it for all later capsules like it, and starts the next ahead.
pub(super) fn save_template(shared: &Arc<Shared>, plan: &Plan) {
    let (shared, plan) = (Arc::clone(shared), plan.clone());
    tokio::spawn(async move {
        if let Err(error) = make(&shared, plan).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot save a template's machine");
        }
    });
}

/// Boots and saves, unless that is done already or somebody does it.
pub(super) async fn make(shared: &Arc<Shared>, plan: Plan) -> Result<()> {
    let (holder, wanted) = (Arc::clone(shared), plan.clone());
    let key = blocking(move || wanted.key(&holder)).await?;
    let Some(_making) = shared.bases.begin(&key) else { return Ok(()) };
    // Whoever was first may have come to an end just before.
    let (holder, looked_for) = (Arc::clone(shared), key.clone());
    let found = move || holder.bases.find(&looked_for, &holder.platform()?);
    if blocking(found).await?.is_some() {
        return Ok(());
    }
    let holder = Arc::clone(shared);
    let scratch = blocking(move || Scratch::new(&holder, "template")).await?;
    let boot = Boot {
        paths: Paths::at(scratch.machine()),
        plan: plan.clone(),
        name: scratch.name().to_owned(),
        hostname: HOSTNAME.to_owned(),
        network: NetworkNamespace::loopback()?,
    };
    let (_needed, mut abandoned) = oneshot::channel();
    boot.run(shared, &mut abandoned).await?;
    let holder = Arc::clone(shared);
    let base = blocking(move || save(&holder, &boot, &key)).await?;
    tracing::info!(path = %base.dir.display(), "a template's machine was saved");
    spares::refill(shared, &plan, &base);
    Ok(())
}

fn save(shared: &Shared, boot: &Boot, key: &str) -> Result<Base> {
    let aside = aside(&shared.bases.place(key), &boot.name);
    if let Some(parent) = aside.parent() {
        fs::create_dir_all(parent).map_err(Error::file("create", parent))?;
    }
    let saved = snapshot::save(&boot.paths, &boot.plan, &aside, snapshot::Then::End)
        .and_then(|()| shared.bases.publish(&aside, key));
    if saved.is_err() {
        tree::remove(&aside)?;
    }
    saved?;
    Base::open(&shared.bases.place(key), &shared.platform()?)
}

fn aside(place: &Path, name: &str) -> std::path::PathBuf {
    place.with_file_name(format!(".{name}.partial"))
}
