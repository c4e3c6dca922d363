//! Publishing a capsule's files as a template.

use std::{fs, path::PathBuf};

use time::OffsetDateTime;

use super::{
    error::TemplateError,
    image::{self, Image},
    lock::Lock,
    merge, name,
    record::{Defaults, Template, TemplateKind},
    scratch::Scratch,
    store::{Entry, TemplateStore},
    tree,
};
use crate::{Kind, microvm};

/// Chains longer than this are merged into one layer, because overlayfs takes a limited number and each costs time.
const MAX_LAYERS: usize = 16;

/// A layer that is being written. Dropping it removes it.
#[derive(Debug)]
pub struct PendingLayer {
    scratch: Scratch,
}

impl PendingLayer {
    /// Where the layer goes. There is nothing there yet; its parent is there.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.scratch.path().join("0")
    }
}

/// A snapshot to publish.
#[derive(Debug, Clone)]
pub struct NewSnapshot {
    /// The team that it belongs to; `None` for the whole machine.
    pub team: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it may take the place of one of the same name.
    pub overwrite: bool,
    /// The layers below the new one, uppermost first: the capsule's own `layers`.
    pub below: Vec<PathBuf>,
    /// Processors of the capsule.
    pub vcpus: u32,
    /// Memory of the capsule in MiB.
    pub memory_mb: u32,
    /// The only kind of runtime that can use it, when its layer holds memory too.
    pub runtime: Option<Kind>,
    /// What capsules made from it begin with.
    pub defaults: Defaults,
}

impl TemplateStore {
    /// Begins a new layer, which is written next to where it will be kept.
    pub fn new_layer(&self) -> Result<PendingLayer, TemplateError> {
        Ok(PendingLayer { scratch: Scratch::new(&self.scratch_root())? })
    }

    /// Checks, before the work is done, that [`TemplateStore::add_snapshot`] would take the name.
    pub fn check_free(&self, team: Option<&str>, name: &str, overwrite: bool) -> Result<(), TemplateError> {
        name::check_new_name(name)?;
        if !overwrite && self.entry(team, name)?.is_some() {
            return Err(TemplateError::Exists { name: name.to_owned() });
        }
        Ok(())
    }

    /// Publishes the finished layer as a template. On an error nothing of it is left.
    pub async fn add_snapshot(
        &self,
        layer: PendingLayer,
        snapshot: NewSnapshot,
    ) -> Result<Template, TemplateError> {
        let team = snapshot.team.as_deref();
        self.check_free(team, &snapshot.name, snapshot.overwrite)?;
        let mut below = snapshot.below;
        if microvm::is_machine(&layer.path()) {
            // It is whole by itself, disk and memory; of those below only the trees of files are its disks still.
            below.retain(|layer| !microvm::is_machine(layer));
        } else if below.len() >= MAX_LAYERS {
            let top = std::iter::once(layer.path()).chain(below.drain(..)).collect::<Vec<_>>();
            let merged = layer.scratch.path().join("merged");
            merge::flatten(&top, &merged).await?;
            tree::remove_all(&layer.path())?;
            fs::rename(&merged, layer.path()).map_err(TemplateError::file("rename", merged))?;
        }
        let created_at = now();
        let size_bytes = size_of_chain(layer.path(), below.clone()).await?;
        let image = Image {
            own: vec!["0".to_owned()],
            below: below.iter().map(|path| self.describe(path).to_owned()).collect(),
            size_bytes,
            created_at,
            defaults: snapshot.defaults,
        };
        image.write(layer.scratch.path())?;
        let id = uuid::Uuid::new_v4().simple().to_string();
        let _lock = self.names_lock().await?;
        self.check_free(team, &snapshot.name, snapshot.overwrite)?;
        image::publish(layer.scratch.path(), &self.images().join(&id))?;
        let entry = Entry {
            image: id,
            kind: TemplateKind::Snapshot,
            vcpus: Some(snapshot.vcpus),
            memory_mb: Some(snapshot.memory_mb),
            runtime: snapshot.runtime,
            created_at,
        };
        self.write_entry(team, &snapshot.name, &entry)?;
        self.resolve_named(team, &snapshot.name)?.ok_or(TemplateError::NotFound { name: snapshot.name })
    }

    /// Held while names are given and while garbage is collected, so that neither sees the other's half.
    pub(super) async fn names_lock(&self) -> Result<Lock, TemplateError> {
        Lock::take(&self.root.join("names.lock"), || {}).await
    }
}

/// The time, as descriptions have it: in whole seconds.
pub(super) fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now)
}

/// Bytes on disk of a new layer and those below it, of which the descriptions of their images tell.
async fn size_of_chain(layer: PathBuf, below: Vec<PathBuf>) -> Result<u64, TemplateError> {
    let measured = tokio::task::spawn_blocking(move || {
        let known = match below.first().and_then(|top| top.parent()) {
            Some(dir) => Image::read(dir)?.filter(|image| image.own.len() + image.below.len() == below.len()),
            None => None,
        };
        let below = match known {
            Some(image) => image.size_bytes,
            None => below.iter().map(|layer| tree::disk_size(layer)).sum::<Result<u64, _>>()?,
        };
        Ok(tree::disk_size(&layer)? + below)
    });
    measured.await.map_err(|error| TemplateError::system("measure layers")(error.into()))?
}
