//! The store: finds, lists and removes templates.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{
    builtin::{self, Builtin},
    error::TemplateError,
    image::Image,
    name,
    record::{Template, TemplateKind},
    scratch, tree,
};
use crate::Kind;

/// The environment variable that says where images of built-in templates are kept.
pub const CACHE_VARIABLE: &str = "WRENN_TEMPLATE_CACHE";

/// Where images of built-in templates are kept when nothing else is said.
pub const DEFAULT_CACHE: &str = "/var/cache/wrenn/templates";

/// The templates of one data directory, and the built-in ones of the machine.
///
/// It keeps nothing in memory: what one process builds, another that has the store open resolves at once.
#[derive(Debug, Clone)]
pub struct TemplateStore {
    pub(super) root: PathBuf,
    pub(super) cache: PathBuf,
    pub(super) platform: String,
}

/// What a name stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The image's directory in `images/`.
    pub image: String,
    pub kind: TemplateKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vcpus: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<Kind>,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl TemplateStore {
    /// Opens the store in `dir` (`<data-dir>/templates`), makes it if needed, and clears what killed builds left.
    /// Images of built-in templates are in the directory that [`CACHE_VARIABLE`] names, or in [`DEFAULT_CACHE`].
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, TemplateError> {
        Self::open_with_cache(dir, cache_dir())
    }

    /// Opens the store in `dir` to look only: makes and clears nothing.
    pub(crate) fn look(dir: impl Into<PathBuf>) -> Result<Self, TemplateError> {
        Self::at(dir.into(), cache_dir())
    }

    /// The same with images of built-in templates in `cache`.
    pub fn open_with_cache(
        dir: impl Into<PathBuf>,
        cache: impl Into<PathBuf>,
    ) -> Result<Self, TemplateError> {
        let store = Self::at(dir.into(), cache.into())?;
        for dir in [&store.root, &store.cache, &store.images()] {
            tree::create_private_dir(dir)?;
        }
        scratch::clear_abandoned(&store.scratch_root())?;
        scratch::clear_abandoned(&store.cache_scratch_root())?;
        Ok(store)
    }

    fn at(root: PathBuf, cache: PathBuf) -> Result<Self, TemplateError> {
        let absolute = |path: PathBuf| std::path::absolute(&path).map_err(TemplateError::file("find", path));
        Ok(Self { root: absolute(root)?, cache: absolute(cache)?, platform: builtin::platform() })
    }

    /// Finds the template of that name: a built-in one, else `team`'s, else the machine's.
    pub fn resolve(&self, team: Option<&str>, name: &str) -> Result<Template, TemplateError> {
        name::check_name(name)?;
        let name = name::canonical(name);
        if let Some(builtin) = Builtin::find(name) {
            return self
                .resolve_builtin(builtin)?
                .ok_or_else(|| TemplateError::NotBuilt { name: name.to_owned() });
        }
        for scope in team.into_iter().map(Some).chain([None]) {
            if let Some(template) = self.resolve_named(scope, name)? {
                return Ok(template);
            }
        }
        Err(TemplateError::NotFound { name: name.to_owned() })
    }

    /// All templates that `team` can use: the built-in ones that are built, the machine's, and the team's.
    pub fn list(&self, team: Option<&str>) -> Result<Vec<Template>, TemplateError> {
        let mut all = Vec::new();
        for builtin in Builtin::ALL {
            all.extend(self.resolve_builtin(builtin)?);
        }
        for scope in [None].into_iter().chain(team.into_iter().map(Some)) {
            for file in tree::names_in(&self.names(scope)?)? {
                if let Some(name) = file.strip_suffix(".json") {
                    // A team's own comes instead of the machine's of the same name.
                    all.retain(|template: &Template| template.name != name);
                    all.extend(self.resolve_named(scope, name)?);
                }
            }
        }
        Ok(all)
    }

    /// Removes `team`'s template, or the machine's when `team` is `None`. Its layers stay until
    /// [`TemplateStore::collect_garbage`] finds that nothing uses them.
    pub fn remove(&self, team: Option<&str>, name: &str) -> Result<(), TemplateError> {
        name::check_new_name(name)?;
        let path = self.entry_path(team, name)?;
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(TemplateError::NotFound { name: name.to_owned() })
            }
            removed => removed.map_err(TemplateError::file("remove", path)),
        }
    }

    pub(super) fn resolve_builtin(&self, builtin: Builtin) -> Result<Option<Template>, TemplateError> {
        let dir = self.cache.join(builtin.image_id(&self.platform));
        let Some(image) = Image::read(&dir)? else {
            return Ok(None);
        };
        Ok(Some(Template {
            name: builtin.name().to_owned(),
            kind: TemplateKind::Base,
            layers: image.layers(&self.cache, &dir),
            vcpus: None,
            memory_mb: None,
            runtime: None,
            size_bytes: image.size_bytes,
            created_at: image.created_at,
            defaults: image.defaults,
        }))
    }

    pub(super) fn resolve_named(
        &self,
        team: Option<&str>,
        name: &str,
    ) -> Result<Option<Template>, TemplateError> {
        let Some(entry) = self.entry(team, name)? else {
            return Ok(None);
        };
        let dir = self.images().join(&entry.image);
        let Some(image) = Image::read(&dir)? else {
            return Ok(None);
        };
        Ok(Some(Template {
            name: name.to_owned(),
            kind: entry.kind,
            layers: image.layers(&self.root, &dir),
            vcpus: entry.vcpus,
            memory_mb: entry.memory_mb,
            runtime: entry.runtime,
            size_bytes: image.size_bytes,
            created_at: entry.created_at,
            defaults: image.defaults,
        }))
    }

    pub(super) fn entry(&self, team: Option<&str>, name: &str) -> Result<Option<Entry>, TemplateError> {
        tree::read_json(&self.entry_path(team, name)?)
    }

    pub(super) fn write_entry(
        &self,
        team: Option<&str>,
        name: &str,
        entry: &Entry,
    ) -> Result<(), TemplateError> {
        tree::create_private_dir(&self.names(team)?)?;
        tree::write_json(&self.entry_path(team, name)?, entry)
    }

    pub(super) fn images(&self) -> PathBuf {
        self.root.join("images")
    }

    pub(super) fn scratch_root(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub(super) fn cache_scratch_root(&self) -> PathBuf {
        self.cache.join("tmp")
    }

    fn names(&self, team: Option<&str>) -> Result<PathBuf, TemplateError> {
        let names = self.root.join("names");
        match team {
            None => Ok(names.join("machine")),
            Some(team) => {
                name::check_team(team)?;
                Ok(names.join("teams").join(team))
            }
        }
    }

    fn entry_path(&self, team: Option<&str>, name: &str) -> Result<PathBuf, TemplateError> {
        Ok(self.names(team)?.join(format!("{name}.json")))
    }

    /// A layer's path as images describe it: relative when it is in this store, so that a data directory can move.
    pub(super) fn describe<'a>(&self, layer: &'a Path) -> &'a Path {
        layer.strip_prefix(&self.root).unwrap_or(layer)
    }
}

fn cache_dir() -> PathBuf {
    let chosen = std::env::var_os(CACHE_VARIABLE).filter(|value| !value.is_empty());
    chosen.map_or_else(|| DEFAULT_CACHE.into(), PathBuf::from)
}
