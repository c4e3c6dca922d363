//! Tests of the store as a whole; what needs real builds is in [`builds`].

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    builtin::Builtin,
    image::Image,
    record::{Defaults, Template},
    snapshot::{NewSnapshot, now},
    store::TemplateStore,
    tree,
};

mod builds;
mod garbage;
mod names;
mod program;
mod snapshots;

/// A store whose cache has an invented `minimal` with the file `base`.
struct Fixture {
    dir: tempfile::TempDir,
    store: TemplateStore,
}

impl Fixture {
    fn new() -> Self {
        // A name in which overlayfs's own separators appear.
        let dir = tempfile::Builder::new().prefix("a:b,c d-").tempdir().unwrap();
        let store =
            TemplateStore::open_with_cache(dir.path().join("data"), dir.path().join("cache")).unwrap();
        let minimal = store.cache.join(Builtin::Minimal.image_id(&store.platform));
        fs::create_dir_all(minimal.join("0")).unwrap();
        fs::write(minimal.join("0/base"), "base").unwrap();
        let image = Image {
            own: vec!["0".to_owned()],
            below: Vec::new(),
            size_bytes: 4096,
            created_at: now(),
            defaults: Defaults::default(),
        };
        image.write(&minimal).unwrap();
        Self { dir, store }
    }

    fn minimal(&self) -> PathBuf {
        self.store.resolve(None, "minimal").unwrap().layers[0].clone()
    }

    /// Publishes a snapshot with one file, named as the snapshot, above `below`.
    async fn snapshot(&self, team: &str, name: &str, below: &[PathBuf]) -> Template {
        let layer = self.store.new_layer().unwrap();
        fs::create_dir(layer.path()).unwrap();
        fs::write(layer.path().join(name), name).unwrap();
        self.store.add_snapshot(layer, new(team, name, below)).await.unwrap()
    }

    /// What is in the store, without locks.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (dir, path) in [("tmp", self.store.scratch_root()), ("images", self.store.images())] {
            found.extend(tree::names_in(&path).unwrap().iter().map(|name| format!("{dir}/{name}")));
        }
        found
    }
}

fn new(team: &str, name: &str, below: &[PathBuf]) -> NewSnapshot {
    NewSnapshot {
        team: Some(team.to_owned()),
        name: name.to_owned(),
        overwrite: false,
        below: below.to_vec(),
        vcpus: 2,
        memory_mb: 1024,
        runtime: None,
        defaults: Defaults::default(),
    }
}

fn names(templates: &[Template]) -> Vec<&str> {
    templates.iter().map(|template| template.name.as_str()).collect()
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}
