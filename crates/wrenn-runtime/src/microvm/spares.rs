//! Processes that were started ahead: each has its memory, its disk and its devices, and waits for a state to load. What
//! makes it a capsule's is that its directory is renamed.

use std::{
    collections::VecDeque,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use super::{
    base::Base,
    end, file,
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
    pub(super) fn become_capsule(&self, to: &Paths) -> Result<(Record, Option<i32>)> {
        tree::remove(to.dir())?;
        file::remove(&self.paths.dir().join(OWNER))?;
        fs::rename(self.paths.dir(), to.dir()).map_err(Error::file("rename", self.paths.dir()))?;
        Ok((self.record.clone(), self.state))
    }

    /// Ends the machine and removes what there is of it by its first name.
    pub(super) fn end(&self, shared: &Shared) {
        if let Err(error) = end::clear(shared, &self.paths, &self.record.group) {
            tracing::warn!(%error, "cannot end a virtual machine that was started ahead");
        }
    }
}

/// All machines that wait; those for the saved machine that was used last in front.
#[derive(Debug)]
pub(super) struct Spares<T = Spare> {
    ready: Mutex<VecDeque<Waiting<T>>>,
}

/// The machines for one saved one.
#[derive(Debug)]
struct Waiting<T> {
    /// The directory of the saved machine.
    base: PathBuf,
    spares: Vec<T>,
    /// How many more are being started.
    starting: usize,
}

impl<T> Default for Spares<T> {
    fn default() -> Self {
        Self { ready: Mutex::default() }
    }
}

impl<T> Spares<T> {
    /// How many wait.
    #[cfg(feature = "conformance")]
    pub(super) fn count(&self) -> usize {
        self.lock().iter().map(|waiting| waiting.spares.len()).sum()
    }

    /// One for the saved machine in the directory `base`.
    fn pop(&self, base: &Path) -> Option<T> {
        self.lock().iter_mut().find(|waiting| waiting.base == base)?.spares.pop()
    }

    /// Notes that `base` was used. Returns how many the caller shall start for it, so that there are `wanted`, and those
    /// for others that have waited too long.
    fn used(&self, base: &Path, wanted: usize) -> (usize, Vec<T>) {
        let mut ready = self.lock();
        let position = ready.iter().position(|waiting| waiting.base == base);
        let mut entry = position.and_then(|at| ready.remove(at)).unwrap_or_else(|| Waiting {
            base: base.to_owned(),
            spares: Vec::new(),
            starting: 0,
        });
        let missing = wanted.saturating_sub(entry.spares.len() + entry.starting);
        entry.starting += missing;
        ready.push_front(entry);
        let kept = TEMPLATES.min(ready.len());
        let old = ready.split_off(kept);
        (missing, old.into_iter().flat_map(|waiting| waiting.spares).collect())
    }

    /// Adds one that [`Spares::used`] had asked for, or none when it could not be started. Returns it where it is not wanted
    /// any more.
    fn started(&self, base: &Path, spare: Option<T>) -> Option<T> {
        let mut ready = self.lock();
        let Some(waiting) = ready.iter_mut().find(|waiting| waiting.base == base) else { return spare };
        // One that was forgotten meanwhile and is used again counts from the beginning.
        waiting.starting = waiting.starting.saturating_sub(1);
        waiting.spares.extend(spare);
        None
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<Waiting<T>>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A machine for the saved one in the directory `base`, if there is one that still lives.
pub(super) fn take(shared: &Shared, base: &Path) -> Option<Spare> {
    while let Some(spare) = shared.spares.pop(base) {
        if spare.record.process.is_alive() {
            return Some(spare);
        }
        spare.end(shared);
    }
    None
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
        let (missing, old) = shared.spares.used(&base.dir, shared.options.spares);
        for spare in old {
            spare.end(&shared);
        }
        for _ in 0..missing {
            let made = prepare(&shared, &plan, &base);
            if let Err(error) = &made {
                tracing::warn!(%error, "cannot start a virtual machine ahead");
            }
            if let Some(spare) = shared.spares.started(&base.dir, made.ok()) {
                spare.end(&shared);
            }
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
        && let Err(error) = end::clear(shared, &paths, &name)
    {
        tracing::warn!(%error, "cannot clear what is left of a virtual machine");
    }
    made
}

fn make(shared: &Shared, plan: &Plan, base: &Base, name: &str, paths: &Paths) -> Result<Spare> {
    start::make_dir(paths)?;
    own(paths)?;
    base.provide(paths)?;
    let lobby = NetworkNamespace::empty()?;
    let tap = tap::make(&lobby)?;
    let devices = base.devices();
    let (record, started) = start::start(shared, paths, plan, name, &tap, &Origin::Devices(&devices), 0)?;
    Ok(Spare { paths: paths.clone(), record, state: started.state, lobby })
}

/// Ends what servers that are no more had started ahead, and removes what they were about to save.
pub(super) fn clear_leftovers(shared: &Shared) -> Result<()> {
    for dir in [shared.spares_dir(), shared.scratch_dir()] {
        for entry in fs::read_dir(&dir).map_err(Error::file("read", &dir))?.flatten() {
            let paths = Paths::at(entry.path());
            let owner: Option<Process> = file::read(&paths.dir().join(OWNER)).ok().flatten();
            if !owner.is_some_and(|owner| owner.is_alive()) {
                end::clear(shared, &paths, &entry.file_name().to_string_lossy())?;
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
        for spare in ready.into_iter().flat_map(|waiting| waiting.spares) {
            spare.end(self);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_are_being_started_count() {
        let (spares, base) = (Spares::default(), Path::new("base"));
        assert_eq!(spares.used(base, 2), (2, vec![]));
        assert_eq!(spares.used(base, 2), (0, vec![]), "another creation at the same time starts none");
        assert_eq!(spares.started(base, Some("one")), None);
        assert_eq!(spares.used(base, 2).0, 0);
        assert_eq!(spares.started(base, None), None);
        assert_eq!(spares.used(base, 2).0, 1, "one that failed is started again");
        assert_eq!((spares.pop(base), spares.pop(base)), (Some("one"), None));
    }

    #[test]
    fn those_of_templates_that_were_not_used_for_long_are_ended() {
        let spares = Spares::default();
        for base in ["a", "b", "c"] {
            assert_eq!(spares.used(Path::new(base), 2).0, 2);
            assert_eq!(spares.started(Path::new(base), Some(base)), None);
        }
        assert_eq!(spares.used(Path::new("d"), 2).1, ["a"]);
        assert_eq!(spares.started(Path::new("a"), Some("late")), Some("late"));
    }
}
