//! Building templates from their definitions.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::{
    bootstrap,
    buildah::{self, Buildah},
    builtin::{Builtin, ContextFile},
    context, dockerfile,
    error::TemplateError,
    event::{BuildEvent, Progress},
    image::{self, Image},
    labels,
    lock::Lock,
    name,
    record::{Defaults, Template, TemplateKind},
    scratch::Scratch,
    snapshot::now,
    store::{Entry, TemplateStore},
    tree,
};

/// Where a build takes its files from and where its image goes.
struct Plan<'a> {
    template: &'a str,
    dockerfile: PathBuf,
    context: PathBuf,
    bases: Vec<Template>,
    /// The directory that the finished image is moved to.
    image: PathBuf,
    /// The directory that paths in the image's description are relative to.
    root: &'a Path,
}

/// What a build has made.
struct Made {
    /// Its layers, uppermost first: names of directories.
    own: Vec<String>,
    /// The layers below, uppermost first.
    below: Vec<PathBuf>,
    defaults: Defaults,
}

impl TemplateStore {
    /// Builds a built-in template, and those below it, unless this machine has it already.
    ///
    /// Dropping the future ends the build and removes what it has made.
    pub async fn ensure_builtin(
        &self,
        builtin: Builtin,
        progress: Progress<'_>,
    ) -> Result<Template, TemplateError> {
        let started = Instant::now();
        let template = match self.resolve_builtin(builtin)? {
            Some(template) => return Ok(finished(template, Duration::ZERO, progress)),
            None => self.build_builtin(builtin, progress).await?,
        };
        Ok(finished(template, started.elapsed(), progress))
    }

    /// Builds the Dockerfile in `dir`, with `dir` as its context, and publishes it as the machine's template `name`, in
    /// the place of an earlier one. Does nothing when neither `dir` nor the templates that it begins from have changed.
    ///
    /// Dropping the future ends the build and removes what it has made; a template of that name stays as it was.
    pub async fn build(
        &self,
        name: &str,
        dir: &Path,
        progress: Progress<'_>,
    ) -> Result<Template, TemplateError> {
        name::check_new_name(name)?;
        let started = Instant::now();
        let path = dir.join("Dockerfile");
        let text = fs::read_to_string(&path).map_err(|error| TemplateError::Definition {
            path: dir.to_owned(),
            reason: format!("its Dockerfile cannot be read: {error}"),
        })?;
        let images = dockerfile::bases(&text, &path)?;
        let bases = self.bases(&images, progress).await?;
        let mut keys = images;
        keys.extend(
            bases.iter().flat_map(|base| base.layers.iter()).map(|layer| layer.display().to_string()),
        );
        let id = context::hash(dir, &keys)?;
        let image = self.images().join(&id);
        let plan = Plan {
            template: name,
            dockerfile: path,
            context: dir.to_owned(),
            bases,
            image,
            root: &self.root,
        };
        let built = self.build_plan(&plan, &self.scratch_root(), progress).await?;
        let _lock = self.names_lock().await?;
        let entry = Entry {
            image: id,
            kind: TemplateKind::Base,
            vcpus: None,
            memory_mb: None,
            runtime: None,
            created_at: built.created_at,
        };
        self.write_entry(None, name, &entry)?;
        let template = self.resolve_named(None, name)?;
        let template = template.ok_or_else(|| TemplateError::NotFound { name: name.to_owned() })?;
        Ok(finished(template, started.elapsed(), progress))
    }

    async fn build_builtin(
        &self,
        builtin: Builtin,
        progress: Progress<'_>,
    ) -> Result<Template, TemplateError> {
        let image = self.cache.join(builtin.image_id(&self.platform));
        let scratch_root = self.cache_scratch_root();
        if let Some(text) = builtin.dockerfile() {
            let scratch = Scratch::new(&scratch_root)?;
            let path = scratch.path().join("Dockerfile");
            fs::write(&path, text).map_err(TemplateError::file("write", &path))?;
            for file in builtin.files() {
                write_file(scratch.path(), file)?;
            }
            let bases = self.bases(&dockerfile::bases(text, &path)?, progress).await?;
            let plan = Plan {
                template: builtin.name(),
                dockerfile: path,
                context: scratch.path().to_owned(),
                bases,
                image,
                root: &self.cache,
            };
            self.build_plan(&plan, &scratch_root, progress).await?;
        } else {
            let _lock = build_lock(&scratch_root, builtin.name(), progress).await?;
            if Image::read(&image)?.is_none() {
                progress(BuildEvent::Started { template: builtin.name().to_owned() });
                let (scratch, work) = (Scratch::new(&scratch_root)?, Scratch::new(&scratch_root)?);
                let layer = scratch.path().join("0");
                tree::create_private_dir(&layer)?;
                bootstrap::bootstrap(&layer, work.path(), progress).await?;
                tree::open_to_all(&layer)?;
                let envs = [("LANG".to_owned(), "C.UTF-8".to_owned())].into();
                let defaults = Defaults { envs, ..Defaults::default() };
                let made = Made { own: vec!["0".to_owned()], below: Vec::new(), defaults };
                publish(scratch, &image, &self.cache, made).await?;
            }
        }
        let built = self.resolve_builtin(builtin)?;
        built.ok_or_else(|| TemplateError::NotFound { name: builtin.name().to_owned() })
    }

    /// The templates of ours among the images that a Dockerfile begins from; built-in ones are built if needed.
    async fn bases(&self, images: &[String], progress: Progress<'_>) -> Result<Vec<Template>, TemplateError> {
        let mut bases: Vec<Template> = Vec::new();
        for image in images {
            if bases.iter().any(|base| base.name == *image) {
                continue;
            }
            if let Some(builtin) = Builtin::find(image) {
                bases.push(Box::pin(self.ensure_builtin(builtin, progress)).await?);
            } else if name::check_name(image).is_ok() && !image.bytes().any(|byte| byte.is_ascii_uppercase())
            {
                bases.extend(self.resolve_named(None, image)?);
            }
        }
        Ok(bases)
    }

    async fn build_plan(
        &self,
        plan: &Plan<'_>,
        scratch_root: &Path,
        progress: Progress<'_>,
    ) -> Result<Image, TemplateError> {
        let _lock = build_lock(scratch_root, plan.template, progress).await?;
        if let Some(image) = Image::read(&plan.image)? {
            return Ok(image);
        }
        progress(BuildEvent::Started { template: plan.template.to_owned() });
        let (scratch, work) = (Scratch::new(scratch_root)?, Scratch::new(scratch_root)?);
        let storage = Buildah::new(work.path()).await?;
        let mut digests = Vec::new();
        for base in &plan.bases {
            progress(BuildEvent::Log(format!("preparing the base {}", base.name)));
            digests.push(storage.import(base).await?);
        }
        let ours = !plan.bases.is_empty();
        storage.build(plan.template, &plan.dockerfile, &plan.context, ours, progress).await?;
        progress(BuildEvent::Log("storing the result".to_owned()));
        let mut result = storage.export(&digests).await?;
        labels::read(&result.labels, &mut result.defaults)
            .map_err(|reason| TemplateError::Definition { path: plan.dockerfile.clone(), reason })?;
        let base = digests.iter().position(|digest| result.diff_ids.first() == Some(digest));
        let below: Vec<_> = base.map(|index| plan.bases[index].layers.clone()).unwrap_or_default();
        let mut own = Vec::new();
        for (number, archive) in result.archives.iter().enumerate().skip(usize::from(base.is_some())) {
            let layer = number.to_string();
            buildah::unpack(archive, &scratch.path().join(&layer)).await?;
            own.insert(0, layer);
        }
        for instruction in result.ignored {
            let text = format!("{instruction} has no effect: a capsule runs what it is asked to run");
            progress(BuildEvent::Note(text));
        }
        publish(scratch, &plan.image, plan.root, Made { own, below, defaults: result.defaults }).await?;
        let built = Image::read(&plan.image)?;
        built.ok_or_else(|| TemplateError::NotFound { name: plan.template.to_owned() })
    }
}

fn write_file(dir: &Path, file: &ContextFile) -> Result<(), TemplateError> {
    use std::os::unix::fs::PermissionsExt as _;
    let path = dir.join(file.name);
    fs::write(&path, file.content).map_err(TemplateError::file("write", &path))?;
    let mode = if file.executable { 0o755 } else { 0o644 };
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).map_err(TemplateError::file("write", &path))
}

/// Held while a template is built, so that two processes do not do the same work.
async fn build_lock(
    scratch_root: &Path,
    template: &str,
    progress: Progress<'_>,
) -> Result<Lock, TemplateError> {
    let dir = scratch_root.with_file_name("locks");
    let waiting = || progress(BuildEvent::Waiting { template: template.to_owned() });
    Lock::take(&dir.join(template), waiting).await
}

/// Describes the image whose layers are in `scratch`, makes it durable and moves it to its place.
async fn publish(scratch: Scratch, target: &Path, root: &Path, made: Made) -> Result<(), TemplateError> {
    let (target, root) = (target.to_owned(), root.to_owned());
    let published = tokio::task::spawn_blocking(move || {
        let dir = scratch.path();
        let layers = made.own.iter().map(|layer| dir.join(layer)).chain(made.below.iter().cloned());
        let size_bytes = layers.map(|layer| tree::disk_size(&layer)).sum::<Result<u64, _>>()?;
        let below = made.below.iter().map(|layer| layer.strip_prefix(&root).unwrap_or(layer).to_owned());
        let (below, created_at) = (below.collect(), now());
        Image { own: made.own, below, size_bytes, created_at, defaults: made.defaults }.write(dir)?;
        // A power failure must not leave an image whose files are empty.
        let file = fs::File::open(dir).map_err(TemplateError::file("open", dir))?;
        rustix::fs::syncfs(&file).map_err(|error| TemplateError::file("write out", dir)(error.into()))?;
        image::publish(dir, &target)
    });
    published.await.map_err(|error| TemplateError::system("publish a template")(error.into()))?
}

fn finished(template: Template, elapsed: Duration, progress: Progress<'_>) -> Template {
    progress(BuildEvent::Finished {
        template: template.name.clone(),
        size_bytes: template.size_bytes,
        elapsed,
    });
    template
}
