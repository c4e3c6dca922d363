//! Trees of files that look like a machine's control groups, for tests.

use std::{fs, path::Path};

use super::{Group, Layout};

/// What is mounted: `(directory, file system, options or offered controllers)`.
pub(crate) struct Machine(&'static [(&'static str, &'static str, &'static str)]);

pub(crate) const V1: Machine = Machine(&[
    ("cpu", "cgroup", "cpu"),
    ("cpuacct", "cgroup", "cpuacct"),
    ("memory", "cgroup", "memory"),
    ("pids", "cgroup", "pids"),
    ("freezer", "cgroup", "freezer"),
    ("systemd", "cgroup", "name=systemd"),
]);
pub(crate) const V1_JOINED: Machine = Machine(&[
    ("cpu,cpuacct", "cgroup", "cpu,cpuacct"),
    ("memory", "cgroup", "memory"),
    ("pids", "cgroup", "pids"),
    ("freezer", "cgroup", "freezer"),
]);
pub(crate) const V2: Machine = Machine(&[("all", "cgroup2", "cpuset cpu io memory hugetlb pids")]);
pub(crate) const HYBRID: Machine = Machine(&[
    ("cpu", "cgroup", "cpu"),
    ("cpuacct", "cgroup", "cpuacct"),
    ("memory", "cgroup", "memory"),
    ("freezer", "cgroup", "freezer"),
    ("unified", "cgroup2", "hugetlb pids"),
]);

/// A built tree, gone when dropped.
pub(crate) struct Tree {
    directory: tempfile::TempDir,
    table: String,
}

impl Machine {
    pub(crate) fn build(&self) -> Tree {
        let directory = tempfile::tempdir().unwrap();
        let mut table = String::from("20 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n");
        for (number, (name, kind, options)) in self.0.iter().enumerate() {
            let point = directory.path().join(name);
            fs::create_dir(&point).unwrap();
            let shown = if *kind == "cgroup2" {
                fs::write(point.join("cgroup.controllers"), options).unwrap();
                fs::create_dir(point.join("wrenn")).unwrap();
                fs::write(point.join("cgroup.subtree_control"), "hugetlb").unwrap();
                fs::write(point.join("wrenn/cgroup.subtree_control"), "").unwrap();
                String::from("rw,nsdelegate")
            } else {
                format!("rw,{options}")
            };
            let point = point.display();
            table += &format!("{} 20 0:{number} / {point} rw,nosuid - {kind} {kind} {shown}\n", 30 + number);
        }
        Tree { directory, table }
    }
}

impl Tree {
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn layout(&self) -> Layout {
        Layout::from_mounts(&self.table).unwrap()
    }

    pub(crate) fn group(&self) -> Group {
        Group::new(std::sync::Arc::new(self.layout()), "wrenn", "cl-test")
    }

    /// Writes a file of the group `wrenn/cl-test`.
    pub(crate) fn put(&self, hierarchy: &str, file: &str, content: &str) {
        let directory = self.path().join(hierarchy).join("wrenn/cl-test");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(file), content).unwrap();
    }

    /// Reads a file of the group `wrenn/cl-test`.
    pub(crate) fn get(&self, hierarchy: &str, file: &str) -> String {
        fs::read_to_string(self.path().join(hierarchy).join("wrenn/cl-test").join(file)).unwrap()
    }
}
