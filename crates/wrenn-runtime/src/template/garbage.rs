//! Removing images that nothing uses.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use super::{
    error::TemplateError,
    image::Image,
    scratch::Scratch,
    store::{Entry, TemplateStore},
    tree,
};

/// The file that says since when an image has had no user.
const UNUSED: &str = "unused";

/// What a collection did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Images that were removed.
    pub removed: usize,
    /// Images that have no user, but not for long enough.
    pub waiting: usize,
}

impl TemplateStore {
    /// Removes every image that no template, no other image and none of the layers `in_use` refers to, and that a
    /// collection at least `grace` ago found so too. `in_use` are the layers of all capsules; `grace` covers those
    /// whose template was resolved, but which are not among the capsules yet.
    pub async fn collect_garbage(
        &self,
        in_use: &HashSet<PathBuf>,
        grace: Duration,
    ) -> Result<Swept, TemplateError> {
        let _lock = self.names_lock().await?;
        let mut used: HashSet<String> = self.named_images()?;
        used.extend(in_use.iter().filter_map(|layer| self.image_of(layer)));
        let all = tree::names_in(&self.images())?;
        // An image that is used keeps those below it.
        let mut pending: Vec<_> = used.iter().cloned().collect();
        while let Some(id) = pending.pop() {
            let Some(image) = Image::read(&self.images().join(&id))? else {
                continue;
            };
            for below in image.below.iter().filter_map(|layer| self.image_of(&self.root.join(layer))) {
                if used.insert(below.clone()) {
                    pending.push(below);
                }
            }
        }
        let mut swept = Swept::default();
        for id in all {
            let dir = self.images().join(&id);
            let mark = dir.join(UNUSED);
            if used.contains(&id) {
                tree::remove_all(&mark)?;
            } else if unused_for(&mark)? >= Some(grace) {
                let trash = Scratch::new(&self.scratch_root())?;
                fs::rename(&dir, trash.path()).map_err(TemplateError::file("remove", dir))?;
                swept.removed += 1;
            } else {
                swept.waiting += 1;
            }
        }
        Ok(swept)
    }

    fn named_images(&self) -> Result<HashSet<String>, TemplateError> {
        let names = self.root.join("names");
        let mut scopes = vec![names.join("machine")];
        scopes
            .extend(tree::names_in(&names.join("teams"))?.iter().map(|team| names.join("teams").join(team)));
        let mut images = HashSet::new();
        for scope in scopes {
            for file in tree::names_in(&scope)?.iter().filter(|file| file.ends_with(".json")) {
                images.extend(tree::read_json::<Entry>(&scope.join(file))?.map(|entry| entry.image));
            }
        }
        Ok(images)
    }

    /// The image in this store that a layer belongs to.
    fn image_of(&self, layer: &Path) -> Option<String> {
        let id = layer.strip_prefix(self.images()).ok()?.components().next()?;
        id.as_os_str().to_str().map(str::to_owned)
    }
}

/// How long ago the mark was made; makes it when there is none.
fn unused_for(mark: &Path) -> Result<Option<Duration>, TemplateError> {
    match fs::metadata(mark).and_then(|metadata| metadata.modified()) {
        Ok(since) => Ok(Some(SystemTime::now().duration_since(since).unwrap_or_default())),
        Err(_) => {
            fs::write(mark, "").map_err(TemplateError::file("write", mark))?;
            Ok(None)
        }
    }
}
