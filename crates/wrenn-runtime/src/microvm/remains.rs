//! What tests look at from outside.

use std::{fs, path::PathBuf, sync::Arc};

use super::{
    MicrovmRuntime, boot, halt, paths::Paths, plan::Plan, qmp::Qmp, record::Record, shared::blocking,
};
use crate::{error::Result, runtime::CapsuleSpec};

impl MicrovmRuntime {
    /// Names everything that there still is of the capsule on this machine: files, control groups, processes.
    pub fn remains(&self, spec: &CapsuleSpec) -> Vec<String> {
        let mut found = Vec::new();
        let paths = Paths::of(spec);
        if paths.dir().exists() {
            found.push(format!("directory {}", paths.dir().display()));
        }
        let groups = self.shared.group(&spec.id).existing();
        found.extend(groups.iter().map(|group| format!("control group {}", group.display())));
        // A machine has its directory's files open, by whatever name they had when it was started.
        let dir = spec.dir.display().to_string();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let maps = fs::read_to_string(entry.path().join("maps")).unwrap_or_default();
            if maps.lines().any(|line| line.contains(&dir)) {
                found.push(format!("process {}", entry.file_name().display()));
            }
        }
        found
    }

    /// The number of the capsule's QEMU process.
    pub fn first_process(&self, spec: &CapsuleSpec) -> Option<i32> {
        Record::read(&Paths::of(spec)).ok().flatten().map(|record| record.process.pid)
    }

    /// The directory of the machine that capsules like that of `spec` go on from, and the images of their layers.
    pub async fn saved_machine(&self, spec: &CapsuleSpec) -> Result<Option<(PathBuf, Vec<PathBuf>)>> {
        let (shared, spec) = (Arc::clone(&self.shared), spec.clone());
        let plan = blocking(move || Plan::of(&shared, &spec)).await?;
        Ok(plan.base.map(|base| (base.dir, plan.images)))
    }

    /// Leaves the capsule as a server does that is killed during a snapshot: halted.
    pub async fn leave_halted(&self, spec: &CapsuleSpec) -> Result<()> {
        let paths = Paths::of(spec);
        let work = move || {
            let Some(mut record) = Record::read(&paths)? else { return Ok(()) };
            halt::halt(&paths, &mut record, &mut Qmp::connect(&paths.monitor())?)
        };
        blocking(work).await
    }

    /// How many processes wait to become capsules.
    pub fn waiting(&self) -> usize {
        self.shared.spares.count()
    }

    /// Boots and saves the machine that capsules like that of `spec` go on from, unless there is one.
    pub async fn save_template(&self, spec: &CapsuleSpec) -> Result<()> {
        let (shared, spec) = (Arc::clone(&self.shared), spec.clone());
        let plan = blocking(move || Plan::of(&shared, &spec)).await?;
        if plan.base.is_some() { Ok(()) } else { boot::make(&self.shared, plan).await }
    }
}
