//! An image on disk: a directory with layers and `image.json`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{error::TemplateError, record::Defaults, tree};

const FILE: &str = "image.json";

/// The description of an image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Image {
    /// The image's own layers, uppermost first: names of directories beside the description.
    pub own: Vec<String>,
    /// The layers below, uppermost first: absolute, or relative to the templates directory.
    pub below: Vec<PathBuf>,
    /// Bytes on disk of all layers.
    pub size_bytes: u64,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What its capsules begin with.
    #[serde(default)]
    pub defaults: Defaults,
}

impl Image {
    /// Reads the image in `dir`; `None` when there is none.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>, TemplateError> {
        tree::read_json(&dir.join(FILE))
    }

    /// Writes the description into `dir`, which nobody reads yet.
    pub(super) fn write(&self, dir: &Path) -> Result<(), TemplateError> {
        tree::write_json(&dir.join(FILE), self)
    }

    /// All layers, uppermost first, for the image in `dir` of the store whose templates directory is `root`.
    pub(super) fn layers(&self, root: &Path, dir: &Path) -> Vec<PathBuf> {
        let own = self.own.iter().map(|name| dir.join(name));
        own.chain(self.below.iter().map(|path| root.join(path))).collect()
    }
}

/// Moves the finished image in `scratch` to `dir`, which appears whole or not at all. When there is one already,
/// that one stays and `scratch` is left to be cleared.
pub(super) fn publish(scratch: &Path, dir: &Path) -> Result<(), TemplateError> {
    match fs::rename(scratch, dir) {
        Ok(()) => Ok(()),
        Err(_) if dir.join(FILE).exists() => Ok(()),
        Err(source) => Err(TemplateError::file("publish", dir)(source)),
    }
}
