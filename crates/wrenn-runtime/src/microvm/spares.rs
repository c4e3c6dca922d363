//! Processes that were started ahead: each has its memory, its disk and its devices, and waits for a state to load. What
//! makes it a capsule's is that its directory is renamed.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use rustix::process::Signal;

use super::{
    base::Base,
    file,
    paths::Paths,
    plan::Plan,
    record::Record,
    shared::Shared,
    start::{self, Origin},
    tap,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    process::Process,
    tree,
};

/// For how many templates processes wait: those that were used last.
const TEMPLATES: usize = 3;
/// How long after a creation the next process is started, so that it is out of the way of what the capsule does first.
const DELAY: Duration = Duration::from_millis(50);
/// Which server's a process is that waits.
const OWNER: &str = "owner.json";

/// A machine that waits.
#[derive(Debug)]
pub(super) struct Spare {
    paths: Paths,
    record: Record,
    state: Option<i32>,
    /// Where its network device is until it gets a slot.
    pub(super) lobby: NetworkNamespace,
}

impl Spare {
    /// Makes the machine that of the directory `to`.
    pub(super) fn become_capsule(self, to: &Paths) -> Result<(Record, Option<i32>)> {
        tree::remove(to.dir())?;
        file::remove(&self.paths.dir().join(OWNER))?;
        fs::rename(self.paths.dir(), to.dir()).map_err(Error::file("rename", self.paths.dir()))?;
        Ok((self.record, self.state))
    }
}

/// All machines that wait, by the directory of the saved machine that they go on from; the one used last in front.
#[derive(Debug, Default)]
pub(super) struct Spares {
    ready: Mutex<VecDeque<(PathBuf, Vec<Spare>)>>,
}

impl Spares {
    /// A machine for the saved one in the directory `base`, if there is one that still lives.
    pub(super) fn take(&self, base: &Path) -> Option<Spare> {
        let mut ready = self.lock();
        let (_, spares) = ready.iter_mut().find(|(dir, _)| dir == base)?;
        while let Some(spare) = spares.pop() {
            if spare.record.process.is_alive() {
                return Some(spare);
            }
        }
        None
    }

    /// How many wait.
    #[cfg(feature = "conformance")]
    pub(super) fn count(&self) -> usize {
        self.lock().iter().map(|(_, spares)| spares.len()).sum()
    }

    /// Notes that `base` was used. Returns how many machines wait for it, and those for others that have waited too long.
    fn used(&self, base: &Path) -> (usize, Vec<Spare>) {
        let mut ready = self.lock();
        let position = ready.iter().position(|(dir, _)| dir == base);
        let entry = position.and_then(|at| ready.remove(at)).unwrap_or_else(|| (base.to_owned(), Vec::new()));
        let count = entry.1.len();
        ready.push_front(entry);
        let old = {
            let kept = TEMPLATES.min(ready.len());
            ready.split_off(kept)
        };
        (count, old.into_iter().flat_map(|(_, spares)| spares).collect())
    }

    fn put(&self, base: &Path, spare: Spare) -> Option<Spare> {
        match self.lock().iter_mut().find(|(dir, _)| dir == base) {
            Some((_, spares)) => {
                spares.push(spare);
                None
            }
            None => Some(spare),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<(PathBuf, Vec<Spare>)>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts in the background what is missing for the next capsules from `base`.
pub(super) fn refill(shared: &Arc<Shared>, plan: &Plan, base: &Base) {
    if shared.options.spares == 0 {
        return;
    }
    let (shared, plan, base): (Weak<Shared>, _, _) = (Arc::downgrade(shared), plan.clone(), base.clone());
    let thread = std::thread::Builder::new().name(String::from("qemu-ahead"));
    let started = thread.spawn(move || {
        std::thread::sleep(DELAY);
        let Some(shared) = shared.upgrade() else { return };
        let (mut count, old) = shared.spares.used(&base.dir);
        for spare in old {
            end(&shared, &spare);
        }
        while count < shared.options.spares {
            match prepare(&shared, &plan, &base) {
                Ok(spare) => {
                    if let Some(spare) = shared.spares.put(&base.dir, spare) {
                        end(&shared, &spare);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot start a virtual machine ahead");
                    return;
                }
            }
            count += 1;
        }
    });
    if let Err(error) = started {
        tracing::warn!(%error, "cannot start a virtual machine ahead");
    }
}

fn prepare(shared: &Shared, plan: &Plan, base: &Base) -> Result<Spare> {
    let name = format!("spare-{}", uuid::Uuid::new_v4().simple());
    let paths = Paths::at(shared.spares_dir().join(&name));
    let made = make(shared, plan, base, &name, &paths);
    if made.is_err()
        && let Err(error) = clear(shared, &name, &paths)
    {
        tracing::warn!(%error, "cannot clear what is left of a virtual machine");
    }
    made
}

fn make(shared: &Shared, plan: &Plan, base: &Base, name: &str, paths: &Paths) -> Result<Spare> {
    start::make_dir(paths)?;
    let owner = Process::now(i32::try_from(std::process::id()).unwrap_or(i32::MAX))?;
    file::write_volatile(&paths.dir().join(OWNER), &owner)?;
    base.provide(paths)?;
    let lobby = NetworkNamespace::empty()?;
    let tap = tap::make(&lobby)?;
    let devices = base.devices();
    let (record, started) = start::start(shared, paths, plan, name, &tap, &Origin::Devices(&devices), 0)?;
    Ok(Spare { paths: paths.clone(), record, state: started.state, lobby })
}

fn end(shared: &Shared, spare: &Spare) {
    if let Err(error) = clear(shared, &spare.record.group, &spare.paths) {
        tracing::warn!(%error, "cannot end a virtual machine that was started ahead");
    }
}

fn clear(shared: &Shared, group: &str, paths: &Paths) -> Result<()> {
    let group = shared.group(group);
    if let Ok(Some(record)) = Record::read(paths) {
        record.process.signal(Signal::KILL)?;
    }
    group.kill()?;
    group.remove()?;
    tree::remove(paths.dir())
}

/// Ends what servers that are no more had started ahead, and removes what they were about to save.
pub(super) fn clear_leftovers(shared: &Shared) -> Result<()> {
    for dir in [shared.spares_dir(), shared.scratch_dir()] {
        for entry in fs::read_dir(&dir).map_err(Error::file("read", &dir))?.flatten() {
            let paths = Paths::at(entry.path());
            let owner: Option<Process> = file::read(&paths.dir().join(OWNER)).ok().flatten();
            if !owner.is_some_and(|owner| owner.is_alive()) {
                clear(shared, &entry.file_name().to_string_lossy(), &paths)?;
            }
        }
    }
    Ok(())
}

/// Marks the directory of a machine in [`Shared::scratch_dir`] as in use.
pub(super) fn own(paths: &Paths) -> Result<()> {
    let owner = Process::now(i32::try_from(std::process::id()).unwrap_or(i32::MAX))?;
    file::write_volatile(&paths.dir().join(OWNER), &owner)
}

impl Drop for Shared {
    fn drop(&mut self) {
        let ready = std::mem::take(&mut *self.spares.lock());
        for spare in ready.into_iter().flat_map(|(_, spares)| spares) {
            end(self, &spare);
        }
    }
}
