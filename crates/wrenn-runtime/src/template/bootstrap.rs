//! Making the tree of `minimal` from Debian packages, with mmdebstrap.

use std::{fs, path::Path};

use super::{
    apt,
    builtin::{MINIMAL_CUSTOMIZE, MINIMAL_PACKAGES},
    error::TemplateError,
    event::{BuildEvent, Progress},
    program,
};

/// What is left out of every package: nobody reads manuals or translations in a capsule.
const DPKG_OPTIONS: [&str; 5] = [
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/locale/*",
    "path-exclude=/usr/share/man/*",
];

/// What mmdebstrap says at the beginning of each of its steps, and what we say.
const STEPS: [(&str, &str); 7] = [
    ("running apt-get update", "Fetching package lists"),
    ("downloading packages", "Downloading packages"),
    ("extracting archives", "Unpacking essential packages"),
    ("installing essential packages", "Installing essential packages"),
    ("installing remaining packages", "Installing remaining packages"),
    ("running --customize-hook", "Adding the user and cleaning"),
    ("cleaning package lists", "Removing caches"),
];

/// Fills the directory `tree`, which is there and empty. `work` is a directory for files in between.
pub(super) async fn bootstrap(tree: &Path, work: &Path, progress: Progress<'_>) -> Result<(), TemplateError> {
    let sources = apt::sources().await?;
    let write = |name: &str, content: &str| {
        let path = work.join(name);
        fs::write(&path, content).map_err(TemplateError::file("write", &path))?;
        Ok::<_, TemplateError>(path)
    };
    let list = write("sources.list", &(sources.lines.join("\n") + "\n"))?;
    let customize = write("customize.sh", MINIMAL_CUSTOMIZE)?;

    let packages: Vec<_> = MINIMAL_PACKAGES.lines().filter(|line| !line.starts_with('#')).collect();
    let mut command = program::isolated("mmdebstrap");
    command.args(["--mode=root", "--variant=minbase", "--format=directory"]);
    command.arg(format!("--include={}", packages.join(",")));
    command.args(sources.options.iter().map(|option| format!("--aptopt={option}")));
    command.args(DPKG_OPTIONS.map(|option| format!("--dpkgopt={option}")));
    // The hook's shell gets the tree as its argument; the script's path goes by the environment, free of quoting.
    command.arg("--customize-hook=sh \"$WRENN_CUSTOMIZE\" \"$1\"").env("WRENN_CUSTOMIZE", customize);
    command.arg(&sources.codename).arg(tree).arg(list);

    let mut number = 0;
    let report = |line: &str| {
        let step =
            line.strip_prefix("I: ").and_then(|text| STEPS.iter().find(|(start, _)| text.starts_with(start)));
        match step {
            Some((_, text)) => {
                number += 1;
                let total = Some(u32::try_from(STEPS.len()).unwrap_or(u32::MAX));
                progress(BuildEvent::Step { number, total, text: (*text).to_owned() });
            }
            None => progress(BuildEvent::Log(line.to_owned())),
        }
    };
    program::run(command, "mmdebstrap", report).await?.map_err(|failure| TemplateError::Build {
        name: "minimal".to_owned(),
        program: "mmdebstrap".to_owned(),
        status: failure.status,
        log: failure.log,
    })
}
