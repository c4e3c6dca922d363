//! One capsule's group in every hierarchy: making, joining, removing.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use super::layout::{Controller, Hierarchy, Layout};
use crate::error::{Error, Result};

/// How long removing a group may meet "busy" before it is an error: its last processes are on their way out.
const REMOVE_LIMIT: Duration = Duration::from_secs(10);

/// A capsule's control group.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(super) layout: Arc<Layout>,
    parent: PathBuf,
    name: PathBuf,
}

impl Group {
    /// The group `parent/name`; nothing is made yet.
    pub(crate) fn new(layout: Arc<Layout>, parent: &str, name: &str) -> Self {
        Self { layout, parent: PathBuf::from(parent), name: Path::new(parent).join(name) }
    }

    /// The path below each hierarchy's root, as in `/wrenn/<id>`.
    pub(crate) fn path_in_hierarchy(&self) -> PathBuf {
        Path::new("/").join(&self.name)
    }

    /// The directory in which `controller` is set and read.
    pub(super) fn directory(&self, controller: Controller) -> PathBuf {
        self.layout.of(controller).root().join(&self.name)
    }

    /// Makes the group everywhere.
    pub(crate) fn create(&self) -> Result<()> {
        for hierarchy in self.layout.hierarchies() {
            let parent = hierarchy.root().join(&self.parent);
            if !parent.exists() {
                fs::create_dir_all(&parent).map_err(Error::file("create", &parent))?;
            }
            if matches!(hierarchy, Hierarchy::V2(_)) {
                self.switch_on(hierarchy.root())?;
                self.switch_on(&parent)?;
            }
            let directory = hierarchy.root().join(&self.name);
            match fs::create_dir(&directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Error::file("create", &directory)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Gives the groups below `directory` the controllers that they need, unless they have them already.
    fn switch_on(&self, directory: &Path) -> Result<()> {
        let path = directory.join("cgroup.subtree_control");
        let present = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
        let is_on = |name: &str| present.split_whitespace().any(|on| on == name);
        let wanted = self.layout.wanted_in_v2();
        let lacking: Vec<String> =
            wanted.iter().filter(|name| !is_on(name)).map(|name| format!("+{name}")).collect();
        if lacking.is_empty() { Ok(()) } else { write(&path, &lacking.join(" ")) }
    }

    /// The files into which a process writes `0` to join the group.
    ///
    /// In version 1 that is done thread by thread: a process that moves only its one thread needs no lock of the whole
    /// machine, which would cost milliseconds.
    pub(crate) fn open_to_join(&self) -> Result<Vec<fs::File>> {
        let open = |hierarchy: &Hierarchy| {
            let directory = hierarchy.root().join(&self.name);
            let path = directory.join(match hierarchy {
                Hierarchy::V1(_) => "tasks",
                Hierarchy::V2(_) => "cgroup.procs",
            });
            fs::OpenOptions::new().write(true).open(&path).map_err(Error::file("open", path))
        };
        self.layout.hierarchies().into_iter().map(open).collect()
    }

    /// Removes the group everywhere. Its processes must be dead or dying. Nothing to do is no error.
    pub(crate) fn remove(&self) -> Result<()> {
        let end = Instant::now() + REMOVE_LIMIT;
        for hierarchy in self.layout.hierarchies() {
            let directory = hierarchy.root().join(&self.name);
            while let Err(error) = remove_tree(&directory) {
                let busy = error.kind() == io::ErrorKind::ResourceBusy;
                if !busy || Instant::now() > end {
                    return Err(Error::file("remove", &directory)(error));
                }
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        Ok(())
    }

    /// The directories of the group that exist, for tests and reports of leaks.
    pub(crate) fn existing(&self) -> Vec<PathBuf> {
        let all = self.layout.hierarchies().into_iter().map(|hierarchy| hierarchy.root().join(&self.name));
        all.filter(|directory| directory.exists()).collect()
    }
}

/// Writes a file of a group, all at once as the kernel wants it.
pub(super) fn write(path: &Path, content: &str) -> Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(path)
        .and_then(|mut file| io::Write::write_all(&mut file, content.as_bytes()))
        .map_err(Error::file("write", path))
}

/// Removes a group and those below it; only directories can and need be removed.
fn remove_tree(directory: &Path) -> io::Result<()> {
    match fs::remove_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Ok(()) => return Ok(()),
        // Busy also means that there are groups below.
        Err(error) if error.kind() != io::ErrorKind::ResourceBusy => return Err(error),
        Err(_) => {}
    }
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        }
    }
    match fs::remove_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::fake;

    #[test]
    fn a_group_is_made_in_each_hierarchy_and_found_there() {
        let machine = fake::HYBRID.build();
        let group = machine.group();
        group.create().unwrap();
        group.create().unwrap();
        assert_eq!(group.existing().len(), 5);
        let switched =
            fs::read_to_string(machine.path().join("unified/wrenn/cgroup.subtree_control")).unwrap();
        assert_eq!(switched, "+pids");
    }

    #[test]
    fn removing_what_is_not_there_is_no_error() {
        fake::V1.build().group().remove().unwrap();
    }

    #[test]
    fn each_hierarchy_is_joined_by_its_own_file() {
        let machine = fake::HYBRID.build();
        for hierarchy in ["cpu", "cpuacct", "memory", "freezer"] {
            machine.put(hierarchy, "tasks", "");
        }
        machine.put("unified", "cgroup.procs", "");
        for mut file in machine.group().open_to_join().unwrap() {
            io::Write::write_all(&mut file, b"0").unwrap();
        }
        assert_eq!(machine.get("memory", "tasks"), "0");
        assert_eq!(machine.get("unified", "cgroup.procs"), "0");
    }
}
