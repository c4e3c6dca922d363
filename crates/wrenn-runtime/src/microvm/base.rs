//! Saved machines that others go on from: of templates, and of capsules.
//!
//! Each is a directory with `ram` (the whole memory, a file with holes), `devices`, `disk` (the private disk) and
//! `machine.json`, which is written last and vouches for the others.

use std::{
    collections::HashSet,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    evict, file,
    saved::{Platform, Saved},
    shared::Shared,
};
use crate::{
    error::{Error, Result},
    sparse,
};

const DESCRIPTION: &str = "machine.json";
pub(super) const RAM: &str = "ram";
pub(super) const DEVICES: &str = "devices";
pub(super) const DISK: &str = "disk";

/// Whether a layer of a capsule's specification is a saved machine and no tree of files.
pub(crate) fn is_machine(layer: &Path) -> bool {
    layer.join(DESCRIPTION).is_file() && layer.join(RAM).is_file()
}

/// A saved machine.
#[derive(Debug, Clone)]
pub(super) struct Base {
    pub(super) dir: PathBuf,
    pub(super) saved: Arc<Saved>,
}

impl Base {
    /// The one in the directory `dir`.
    pub(super) fn open(dir: &Path, platform: &Platform) -> Result<Self> {
        let description = dir.join(DESCRIPTION);
        let saved = Saved::read(&description)?
            .ok_or_else(|| Error::file("read", &description)(io::Error::from(io::ErrorKind::NotFound)))?;
        saved.require(dir, platform)?;
        Ok(Self { dir: dir.to_owned(), saved: Arc::new(saved) })
    }

    /// Checks the files, unless that was done already since the start.
    pub(super) fn check_once(&self, shared: &Shared) -> Result<()> {
        let is_checked = |checked: &HashSet<PathBuf>| checked.contains(&self.dir);
        if is_checked(&lock(&shared.bases.checked)) {
            return Ok(());
        }
        self.saved.check(&self.dir)?;
        lock(&shared.bases.checked).insert(self.dir.clone());
        Ok(())
    }

    /// Puts what a machine needs to go on from here into its directory.
    pub(super) fn provide(&self, to: &super::paths::Paths) -> Result<()> {
        share(&self.dir.join(RAM), &to.ram())?;
        let disk = to.disk();
        sparse::copy(&self.dir.join(DISK), &disk).map_err(Error::file("write", disk))
    }

    pub(super) fn devices(&self) -> PathBuf {
        self.dir.join(DEVICES)
    }
}

/// Completes the saved machine in the directory `dir`, whose files are written: to disk, then the description.
pub(super) fn complete(dir: &Path, saved: &Saved) -> Result<()> {
    for name in [RAM, DEVICES, DISK] {
        file::sync(&dir.join(name))?;
    }
    file::write(&dir.join(DESCRIPTION), saved)?;
    file::sync(dir)
}

/// Gives the file another name; where that is on another file system, a copy.
pub(super) fn share(from: &Path, to: &Path) -> Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            sparse::copy(from, to).map_err(Error::file("write", to))
        }
        done => done.map_err(Error::file("create", to)),
    }
}

/// The saved machines of templates, each in a directory of its own that is named by what it was made from.
#[derive(Debug)]
pub(super) struct Bases {
    dir: PathBuf,
    checked: Mutex<HashSet<PathBuf>>,
    making: Mutex<HashSet<String>>,
}

impl Bases {
    pub(super) fn new(dir: PathBuf) -> Self {
        Self { dir, checked: Mutex::default(), making: Mutex::default() }
    }

    /// The one with that key, if it is there and whole. One that is not is removed.
    pub(super) fn find(&self, key: &str, platform: &Platform) -> Result<Option<Base>> {
        let dir = self.place(key);
        if !dir.join(DESCRIPTION).exists() {
            return Ok(None);
        }
        let base = Base::open(&dir, platform)?;
        evict::touch(&dir.join(DESCRIPTION));
        if lock(&self.checked).contains(&dir) {
            return Ok(Some(base));
        }
        if let Err(error) = base.saved.check(&dir) {
            tracing::warn!(path = %dir.display(), %error, "a template's saved machine is made anew");
            self.remove(&base)?;
            return Ok(None);
        }
        lock(&self.checked).insert(dir);
        Ok(Some(base))
    }

    /// Whether it is one of these, and none of a capsule.
    pub(super) fn has(&self, base: &Base) -> bool {
        base.dir.parent() == Some(self.dir.as_path())
    }

    /// Removes one that is of no use.
    pub(super) fn remove(&self, base: &Base) -> Result<()> {
        lock(&self.checked).remove(&base.dir);
        evict::remove(&base.dir)
    }

    /// Where the one with that key is.
    pub(super) fn place(&self, key: &str) -> PathBuf {
        self.dir.join(key)
    }

    /// The one with that key is being made, until the answer is dropped. None when that is so already.
    pub(super) fn begin(self: &Bases, key: &str) -> Option<Making<'_>> {
        lock(&self.making).insert(key.to_owned()).then(|| Making { bases: self, key: key.to_owned() })
    }

    /// Publishes the complete one in `dir`, which was just written and so needs no check.
    pub(super) fn publish(&self, dir: &Path, key: &str) -> Result<()> {
        let place = self.place(key);
        fs::create_dir_all(&self.dir).map_err(Error::file("create", &self.dir))?;
        match fs::rename(dir, &place) {
            // Another server was faster.
            Err(_) if place.join(DESCRIPTION).exists() => return crate::tree::remove(dir),
            done => done.map_err(Error::file("publish", &place))?,
        }
        lock(&self.checked).insert(place);
        file::sync(&self.dir)?;
        self.sweep();
        Ok(())
    }

    /// Removes those that nobody has used for long.
    pub(super) fn sweep(&self) {
        evict::sweep(&self.dir, |path| path.is_dir().then(|| path.join(DESCRIPTION)));
    }
}

/// The right to make a saved machine.
pub(super) struct Making<'a> {
    bases: &'a Bases,
    key: String,
}

impl Drop for Making<'_> {
    fn drop(&mut self) {
        lock(&self.bases.making).remove(&self.key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
