//! The OCI runtimes that are known, and how their command lines differ.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use super::{paths::Paths, seccomp};
use crate::{cgroup::Group, error::Error, error::Result};

/// An OCI runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// `crun`: the fastest to start.
    Crun,
    /// `runc`: the reference.
    Runc,
}

impl Engine {
    /// Its usual program.
    pub fn program(self) -> &'static str {
        match self {
            Self::Crun => "crun",
            Self::Runc => "runc",
        }
    }

    /// Where, in the creating thread's mount namespace, the capsule's mounts are put together: a directory that
    /// everybody may search, unlike the capsule's own, and that the engine does not need.
    ///
    /// crun refuses hosts with both versions of control groups. It does not see them below this, and does not need
    /// them either, as the group is set up and joined before it starts.
    pub(super) fn stage(self) -> &'static Path {
        Path::new(match self {
            Self::Crun => "/sys/fs/cgroup",
            Self::Runc => "/mnt",
        })
    }

    /// Whether the engine itself starts in the capsule's group, rather than being told to put the capsule there.
    pub(super) fn starts_in_group(self) -> bool {
        self == Self::Crun
    }

    /// Adds to the OCI configuration what each engine wants in its own way.
    pub(super) fn amend(self, config: &mut Value, group: &Group) {
        match self {
            Self::Crun => {
                config["annotations"] = json!({ "run.oci.seccomp_bpf_data": seccomp::program_base64() });
            }
            Self::Runc => {
                config["linux"]["cgroupsPath"] = json!(group.path_in_hierarchy());
                config["linux"]["seccomp"] = seccomp::profile();
            }
        }
    }

    /// The arguments that create and start a capsule and leave it running.
    pub(super) fn run_arguments(self, paths: &Paths, id: &str) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--root".into(), paths.engine_state().into()];
        if self == Self::Crun {
            arguments.extend(["--cgroup-manager".into(), "disabled".into()]);
        }
        arguments.extend(["run".into(), "--detach".into(), "--preserve-fds".into(), "1".into()]);
        arguments.extend(["--bundle".into(), paths.runtime().into()]);
        arguments.extend(["--pid-file".into(), paths.pid_file().into(), id.into()]);
        arguments
    }
}

/// Finds `program` as a shell would.
pub(super) fn find_program(program: &Path) -> Result<PathBuf> {
    let missing = || Error::ProgramMissing {
        program: program.display().to_string(),
        remedy: String::from("install it, as in `apt-get install crun`, or name another OCI runtime"),
    };
    if program.components().count() > 1 {
        return if program.is_file() { Ok(program.to_owned()) } else { Err(missing()) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|file| file.is_file())
        .ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_name_or_path_and_a_missing_one_named() {
        assert_eq!(find_program(Path::new("/bin/sh")).unwrap(), Path::new("/bin/sh"));
        assert!(find_program(Path::new("sh")).unwrap().is_absolute());
        let error = find_program(Path::new("no-such-oci-runtime")).unwrap_err();
        assert!(error.to_string().starts_with("no-such-oci-runtime is not installed; install it"), "{error}");
    }
}
