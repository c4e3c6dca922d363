//! Which controller is mounted where, and in which version.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::error::{Error, Result};

/// A controller that capsules need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Controller {
    Cpu,
    Cpuacct,
    Memory,
    Pids,
    Freezer,
}

impl Controller {
    pub(crate) const ALL: [Self; 5] = [Self::Cpu, Self::Cpuacct, Self::Memory, Self::Pids, Self::Freezer];

    fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cpuacct => "cpuacct",
            Self::Memory => "memory",
            Self::Pids => "pids",
            Self::Freezer => "freezer",
        }
    }

    /// Whether version 2 has it in every group, without a controller that must be switched on.
    fn is_core_in_v2(self) -> bool {
        matches!(self, Self::Cpuacct | Self::Freezer)
    }
}

/// Where a controller lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hierarchy {
    /// Mounted by itself or with others, in version 1.
    V1(PathBuf),
    /// In the one tree of version 2.
    V2(PathBuf),
}

impl Hierarchy {
    pub(crate) fn root(&self) -> &Path {
        match self {
            Self::V1(root) | Self::V2(root) => root,
        }
    }
}

/// The hierarchies of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    places: [Hierarchy; 5],
}

impl Layout {
    /// Finds out from the mount table of this process.
    pub(crate) fn detect() -> Result<Self> {
        let path = Path::new("/proc/self/mountinfo");
        let table = fs::read_to_string(path).map_err(Error::file("read", path))?;
        Self::from_mounts(&table)
    }

    /// Finds out from a mount table in the form of `/proc/self/mountinfo`.
    pub(crate) fn from_mounts(table: &str) -> Result<Self> {
        let mounts: Vec<Mount> = table.lines().filter_map(Mount::parse).collect();
        let unified = mounts.iter().rev().find(|mount| mount.version == 2).map(|mount| mount.point.clone());
        let offered = unified.as_deref().map(offered_controllers).unwrap_or_default();
        let find = |controller: Controller| {
            let name = controller.name();
            let v1 = mounts.iter().rev().find(|mount| mount.controllers.iter().any(|has| has == name));
            if let Some(mount) = v1 {
                return Ok(Hierarchy::V1(mount.point.clone()));
            }
            match &unified {
                Some(root) if controller.is_core_in_v2() || offered.iter().any(|has| has == name) => {
                    Ok(Hierarchy::V2(root.clone()))
                }
                _ => Err(Error::ControllerMissing { controller: name }),
            }
        };
        let [cpu, cpuacct, memory, pids, freezer] = Controller::ALL.map(find);
        Ok(Self { places: [cpu?, cpuacct?, memory?, pids?, freezer?] })
    }

    /// Where `controller` lives.
    pub(crate) fn of(&self, controller: Controller) -> &Hierarchy {
        &self.places[controller as usize]
    }

    /// Every hierarchy once.
    pub(crate) fn hierarchies(&self) -> Vec<&Hierarchy> {
        let mut all: Vec<&Hierarchy> = Vec::new();
        for place in &self.places {
            if !all.iter().any(|known| known.root() == place.root()) {
                all.push(place);
            }
        }
        all
    }

    /// The controllers that version 2 provides here and that must be switched on for groups below.
    pub(crate) fn wanted_in_v2(&self) -> Vec<&'static str> {
        let wanted = Controller::ALL.into_iter().filter(|controller| {
            matches!(self.of(*controller), Hierarchy::V2(_)) && !controller.is_core_in_v2()
        });
        wanted.map(Controller::name).collect()
    }
}

fn offered_controllers(root: &Path) -> Vec<String> {
    let list = fs::read_to_string(root.join("cgroup.controllers")).unwrap_or_default();
    list.split_whitespace().map(str::to_owned).collect()
}

/// A line of the mount table that concerns control groups.
struct Mount {
    version: u8,
    point: PathBuf,
    controllers: Vec<String>,
}

impl Mount {
    fn parse(line: &str) -> Option<Self> {
        let (before, after) = line.split_once(" - ")?;
        let point = PathBuf::from(unescape(before.split(' ').nth(4)?));
        let mut fields = after.split(' ');
        let kind = fields.next()?;
        let options = fields.nth(1)?;
        match kind {
            "cgroup2" => Some(Self { version: 2, point, controllers: Vec::new() }),
            "cgroup" => {
                Some(Self { version: 1, point, controllers: options.split(',').map(str::to_owned).collect() })
            }
            _ => None,
        }
    }
}

/// The mount table writes blanks, tabs, newlines and backslashes as octal numbers.
fn unescape(field: &str) -> String {
    field.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cgroup::fake;

    #[test]
    fn version_1_with_each_controller_apart() {
        let machine = fake::V1.build();
        let layout = machine.layout();
        for controller in Controller::ALL {
            assert_eq!(*layout.of(controller), Hierarchy::V1(machine.path().join(controller.name())));
        }
        assert_eq!(layout.hierarchies().len(), 5);
        assert!(layout.wanted_in_v2().is_empty());
    }

    #[test]
    fn version_1_with_controllers_mounted_together() {
        let machine = fake::V1_JOINED.build();
        let layout = machine.layout();
        assert_eq!(layout.of(Controller::Cpu), layout.of(Controller::Cpuacct));
        assert_eq!(layout.hierarchies().len(), 4);
    }

    #[test]
    fn version_2_switches_on_what_is_no_core_part() {
        let machine = fake::V2.build();
        let layout = machine.layout();
        assert_eq!(layout.hierarchies().len(), 1);
        assert_eq!(layout.wanted_in_v2(), ["cpu", "memory", "pids"]);
    }

    #[test]
    fn hybrid_takes_each_controller_where_it_is() {
        let machine = fake::HYBRID.build();
        let layout = machine.layout();
        assert!(matches!(layout.of(Controller::Memory), Hierarchy::V1(_)));
        assert_eq!(*layout.of(Controller::Pids), Hierarchy::V2(machine.path().join("unified")));
        assert_eq!(layout.wanted_in_v2(), ["pids"]);
    }

    #[test]
    fn a_missing_controller_is_named() {
        let error =
            Layout::from_mounts("30 20 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n").unwrap_err();
        assert!(matches!(error, Error::ControllerMissing { controller: "cpuacct" }), "{error}");
    }

    #[test]
    fn a_mount_point_with_a_blank_is_read() {
        let mount = Mount::parse(r"30 20 0:26 / /a\040b rw shared:1 - cgroup2 cgroup2 rw").unwrap();
        assert_eq!(mount.point, Path::new("/a b"));
    }
}
