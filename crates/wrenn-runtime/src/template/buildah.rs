//! Building a Dockerfile with buildah, in a storage that lives as long as the build.

use std::{
    fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use super::{
    apt,
    error::TemplateError,
    event::{BuildEvent, Progress},
    merge, oci, pip, program,
    record::Template,
};

/// Where the machine's way to packages is mounted while `RUN` instructions run: for apt, for pip, and the certificate
/// authorities that this machine trusts.
const APT_OPTIONS: &str = "etc/apt/apt.conf.d/00wrenn-build";
const PIP_OPTIONS: &str = "etc/pip.conf";
const AUTHORITIES: &str = "etc/ssl/wrenn-build.pem";

/// Where they are on Debian.
const MACHINE_AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The name of the result in the storage.
const RESULT: &str = "localhost/wrenn-result";

/// A private buildah storage.
pub(super) struct Buildah {
    work: PathBuf,
    driver: &'static str,
}

impl Buildah {
    /// Makes the storage in the directory `work`, which whoever made it removes.
    pub(super) async fn new(work: &Path) -> Result<Self, TemplateError> {
        for driver in ["overlay", "vfs"] {
            let buildah = Self { work: work.join("buildah"), driver };
            fs::create_dir_all(buildah.work.join("tmp"))
                .map_err(TemplateError::file("create directory", &buildah.work))?;
            let mut command = buildah.command();
            command.arg("images");
            match program::run(command, "buildah", |_| {}).await? {
                Ok(()) => return Ok(buildah),
                // File systems that cannot carry overlays: every step is a full copy then.
                Err(_) if driver == "overlay" => super::tree::remove_all(&buildah.work)?,
                Err(failure) => {
                    return Err(TemplateError::Runtime(crate::Error::Program {
                        program: "buildah".to_owned(),
                        status: failure.status,
                        stderr: failure.log,
                    }));
                }
            }
        }
        unreachable!("the last driver's outcome is returned")
    }

    /// Puts a template into the storage under its name; returns the digest of its one layer.
    pub(super) async fn import(&self, template: &Template) -> Result<String, TemplateError> {
        // A relative path, since buildah makes the image's first name of it and refuses capital letters there.
        let name = "base";
        let dir = self.work.join(name);
        fs::create_dir_all(&dir).map_err(TemplateError::file("create directory", &dir))?;
        merge::archive(&template.layers, &dir.join("layer.tar")).await?;
        let (layout, defaults) = (dir.clone(), template.defaults.clone());
        let written = tokio::task::spawn_blocking(move || oci::write(&layout, &defaults)).await;
        let digest = written.map_err(|error| TemplateError::system("write a base image")(error.into()))??;
        let mut pull = self.command();
        pull.arg("pull").arg("--quiet").arg(format!("oci:{name}"));
        let id = program::output(pull, "buildah").await?;
        let mut tag = self.command();
        tag.args(["tag", id.trim()]).arg(format!("localhost/{}:latest", template.name));
        program::succeed(tag, "buildah").await?;
        super::tree::remove_all(&dir)?;
        Ok(digest)
    }

    /// Builds the Dockerfile with `context` and reports its steps. `ours` says that a base is one of our templates.
    pub(super) async fn build(
        &self,
        name: &str,
        dockerfile: &Path,
        context: &Path,
        ours: bool,
        progress: Progress<'_>,
    ) -> Result<(), TemplateError> {
        let mut command = self.command();
        command.args(["build", "--isolation", "chroot", "--layers=false", "--pull=false", "--tag", RESULT]);
        if ours {
            let options = apt::sources().await?.options.join("\n") + "\n";
            self.mount(&mut command, "apt.conf", options.as_bytes(), APT_OPTIONS)?;
            if let Ok(authorities) = fs::read(MACHINE_AUTHORITIES) {
                self.mount(&mut command, "authorities.pem", &authorities, AUTHORITIES)?;
                let options = pip::configuration(&format!("/{AUTHORITIES}"));
                self.mount(&mut command, "pip.conf", options.as_bytes(), PIP_OPTIONS)?;
            }
        }
        let absolute = |path: &Path| std::path::absolute(path).map_err(TemplateError::file("find", path));
        command.arg("--file").arg(absolute(dockerfile)?).arg(absolute(context)?);
        let report = |line: &str| {
            // The last line of the step before may have no end.
            let (before, step) = line.split_at(line.find("STEP ").unwrap_or(0));
            match parse_step(step) {
                Some((number, total, text)) => {
                    if !before.is_empty() {
                        progress(BuildEvent::Log(before.to_owned()));
                    }
                    progress(BuildEvent::Step { number, total: Some(total), text });
                }
                None => progress(BuildEvent::Log(line.to_owned())),
            }
        };
        program::run(command, "buildah", report).await?.map_err(|failure| TemplateError::Build {
            name: name.to_owned(),
            program: "buildah".to_owned(),
            status: failure.status,
            log: failure.log,
        })
    }

    /// Shows a file to the instructions that run.
    fn mount(
        &self,
        command: &mut Command,
        name: &str,
        content: &[u8],
        target: &str,
    ) -> Result<(), TemplateError> {
        let path = self.work.join(name);
        fs::write(&path, content).map_err(TemplateError::file("write", &path))?;
        command.arg("--volume").arg(format!("{}:/{target}:ro", path.display()));
        Ok(())
    }

    /// Takes the result out of the storage, without the layers that `bases` have already.
    pub(super) async fn export(&self, bases: &[String]) -> Result<oci::Layout, TemplateError> {
        let (archive, dir) = (self.work.join("result.tar"), self.work.join("result"));
        let mut push = self.command();
        // This format, because it is the one in which layers are not compressed.
        push.args(["push", "--quiet", RESULT, "docker-archive:result.tar"]);
        program::succeed(push, "buildah").await?;
        fs::create_dir(&dir).map_err(TemplateError::file("create directory", &dir))?;
        let mut tar = program::isolated("tar");
        tar.args(["--extract", "--file"]).arg(&archive).arg("--directory").arg(&dir);
        tar.args(
            bases.iter().map(|digest| format!("--exclude={}.tar", digest.trim_start_matches("sha256:"))),
        );
        program::succeed(tar, "tar").await?;
        super::tree::remove_all(&archive)?;
        oci::read(&dir)
    }

    fn command(&self) -> Command {
        let mut command = program::isolated("buildah");
        command.arg("--root").arg(self.work.join("root")).arg("--runroot").arg(self.work.join("run"));
        command.args(["--storage-driver", self.driver]).env("TMPDIR", self.work.join("tmp"));
        command.current_dir(&self.work);
        command
    }
}

/// Unpacks the archive of a layer to the new directory `target`.
pub(super) async fn unpack(archive: &Path, target: &Path) -> Result<(), TemplateError> {
    super::tree::create_private_dir(target)?;
    super::tree::open_to_all(target)?;
    let mut tar = program::isolated("tar");
    tar.args(["--extract", "--numeric-owner", "--same-permissions", "--xattrs", "--xattrs-include=*"]);
    tar.arg("--file").arg(archive).arg("--directory").arg(target);
    program::succeed(tar, "tar").await?;
    // The mount points of our own files, empty.
    for point in [APT_OPTIONS, PIP_OPTIONS, AUTHORITIES].map(|point| target.join(point)) {
        if fs::symlink_metadata(&point).is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0) {
            super::tree::remove_all(&point)?;
        }
    }
    let tree = target.to_owned();
    let converted = tokio::task::spawn_blocking(move || super::whiteout::convert(&tree)).await;
    converted.map_err(|error| TemplateError::system("convert a layer")(error.into()))?
}

/// Reads `STEP 2/5: RUN make`.
fn parse_step(line: &str) -> Option<(u32, u32, String)> {
    let (position, text) = line.strip_prefix("STEP ")?.split_once(": ")?;
    let (number, total) = position.split_once('/')?;
    Some((number.parse().ok()?, total.parse().ok()?, text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_told_from_output() {
        assert_eq!(parse_step("STEP 2/5: RUN a: b"), Some((2, 5, "RUN a: b".to_owned())));
        for line in ["STEP", "STEP 2: x", "STEP a/b: x", " STEP 1/2: x", "done"] {
            assert_eq!(parse_step(line), None, "{line}");
        }
    }
}
