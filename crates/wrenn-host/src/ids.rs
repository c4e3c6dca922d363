//! Which capsule has which user ids, across all servers of the machine.
//!
//! A range in use is a symbolic link in the registry: its name is the range's number, its target the capsule's
//! directory. Making a link is atomic and fails when there is one, so that servers with different data directories never
//! give out the same range, and a killed server's capsules keep theirs. A link whose target is gone is a leftover: a
//! range is always released before its capsule's directory is removed.

use std::{
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{HostError, Result, disk};

/// Where ranges are noted unless told otherwise: forgotten at a reboot, as capsules are.
pub const DEFAULT_ID_REGISTRY: &str = "/run/wrenn/ids";
/// The first id of the first range: above those of people and of the usual subordinate ids.
pub const FIRST_ID: u32 = 0x1000_0000;
/// How many ranges there are; the last one ends below what systemd calls foreign.
pub const RANGES: u32 = 24_576;

const IDS_PER_RANGE: u32 = 65_536;

pub(crate) struct IdRegistry {
    dir: PathBuf,
    next: AtomicU32,
}

impl IdRegistry {
    /// Opens the registry and clears the leftovers of data directories that were deleted.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        disk::create_private_dir(dir)?;
        let registry = Self { dir: dir.to_owned(), next: AtomicU32::new(std::process::id() % RANGES) };
        registry.clear_leftovers()?;
        Ok(registry)
    }

    /// Takes a free range for the capsule with the directory `owner`, which exists. Returns its first id.
    pub(crate) fn claim(&self, owner: &Path) -> Result<u32> {
        for _ in 0..RANGES {
            let number = self.next.fetch_add(1, Ordering::Relaxed) % RANGES;
            let path = self.path(number);
            match symlink(owner, &path) {
                Ok(()) => return Ok(FIRST_ID + number * IDS_PER_RANGE),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(HostError::file("create", path)(error)),
            }
        }
        Err(HostError::NoIds { registry: self.dir.clone() })
    }

    /// Notes again the range of a capsule that an earlier server made, in case the registry was wiped.
    pub(crate) fn reclaim(&self, first_id: u32, owner: &Path) -> Result<()> {
        let path = self.path_of(first_id);
        match symlink(owner, &path) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(HostError::file("create", path)(error)),
        }
    }

    /// Gives a range back, if it is the capsule's. Idempotent.
    pub(crate) fn release(&self, first_id: u32, owner: &Path) -> Result<()> {
        let path = self.path_of(first_id);
        match fs::read_link(&path) {
            Ok(target) if target == owner => {}
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(HostError::file("read", path)(error)),
        }
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(HostError::file("remove", path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Clears the links of capsules whose directory is gone.
    pub(crate) fn clear_leftovers(&self) -> Result<()> {
        // Two servers that clear at once must not take each other's new links for the old ones they looked at.
        let lock = fs::File::open(&self.dir).map_err(HostError::file("open", &self.dir))?;
        lock.lock().map_err(HostError::file("lock", &self.dir))?;
        for entry in fs::read_dir(&self.dir).map_err(HostError::file("list", &self.dir))? {
            let path = entry.map_err(HostError::file("list", &self.dir))?.path();
            if path.is_symlink()
                && matches!(fs::metadata(&path), Err(e) if e.kind() == io::ErrorKind::NotFound)
            {
                fs::remove_file(&path).map_err(HostError::file("remove", path))?;
            }
        }
        Ok(())
    }

    fn path_of(&self, first_id: u32) -> PathBuf {
        self.path(first_id.saturating_sub(FIRST_ID) / IDS_PER_RANGE)
    }

    fn path(&self, number: u32) -> PathBuf {
        self.dir.join(number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tempfile::TempDir;

    use super::*;

    fn owner(dir: &TempDir, name: &str) -> PathBuf {
        let path = dir.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    }

    #[test]
    fn two_servers_never_give_out_the_same_range() {
        let dir = TempDir::new().unwrap();
        let owner = owner(&dir, "capsule");
        let registries = [(); 2].map(|()| IdRegistry::open(&dir.path().join("ids")).unwrap());
        let taken: HashSet<u32> = std::thread::scope(|scope| {
            let claims: Vec<_> = registries
                .iter()
                .map(|registry| {
                    scope.spawn(|| (0..200).map(|_| registry.claim(&owner).unwrap()).collect::<Vec<_>>())
                })
                .collect();
            claims.into_iter().flat_map(|claim| claim.join().unwrap()).collect()
        });
        assert_eq!(taken.len(), 400);
        assert!(taken.iter().all(|id| id % IDS_PER_RANGE == 0 && *id >= FIRST_ID));
    }

    #[test]
    fn ranges_of_a_removed_data_directory_are_free_again_and_the_others_are_not() {
        let dir = TempDir::new().unwrap();
        let (gone, there) = (owner(&dir, "gone"), owner(&dir, "there"));
        let ids = dir.path().join("ids");
        let registry = IdRegistry::open(&ids).unwrap();
        registry.claim(&gone).unwrap();
        let kept = registry.claim(&there).unwrap();
        fs::remove_dir(gone).unwrap();

        let registry = IdRegistry::open(&ids).unwrap();
        let left: Vec<_> = fs::read_dir(&ids).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, [registry.path_of(kept)]);
    }

    #[test]
    fn only_its_owner_releases_a_range() {
        let dir = TempDir::new().unwrap();
        let (ours, theirs) = (owner(&dir, "ours"), owner(&dir, "theirs"));
        let registry = IdRegistry::open(&dir.path().join("ids")).unwrap();
        let id = registry.claim(&ours).unwrap();
        registry.release(id, &theirs).unwrap();
        assert!(registry.path_of(id).is_symlink());
        registry.release(id, &ours).unwrap();
        assert!(!registry.path_of(id).is_symlink());
        registry.release(id, &ours).unwrap();
        registry.reclaim(id, &theirs).unwrap();
        assert_eq!(fs::read_link(registry.path_of(id)).unwrap(), theirs);
    }
}
