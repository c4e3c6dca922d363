//! The OCI runtime's executable, in the form in which it starts fastest.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::fd::{AsRawFd, OwnedFd},
    path::{Path, PathBuf},
};

use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

use super::engine::{self, Engine};
use crate::error::{Error, Result};

/// A program that was found.
#[derive(Debug)]
pub(super) struct Program {
    path: PathBuf,
    sealed: Option<OwnedFd>,
}

impl Program {
    /// Finds `program` for the engine.
    ///
    /// Engines do not trust a file that a capsule could get at through `/proc/self/exe`: on every start, crun makes a
    /// read-only copy of itself, runs that, and waits milliseconds for the kernel to let the copy's mount go. It is
    /// content when it was started from sealed memory in the first place, so that is what it is given.
    pub(super) fn find(engine: Engine, program: &Path) -> Result<Self> {
        let path = engine::find_program(program)?;
        let sealed = match engine {
            Engine::Crun => seal(&path).map_err(Error::file("read", &path))?,
            Engine::Runc => None,
        };
        Ok(Self { path, sealed })
    }

    /// For people.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What to execute.
    pub(super) fn executable(&self) -> PathBuf {
        match &self.sealed {
            Some(memory) => PathBuf::from(format!("/proc/self/fd/{}", memory.as_raw_fd())),
            None => self.path.clone(),
        }
    }
}

/// The program in memory that nobody can change any more. None for scripts, whose interpreter has to find a file.
fn seal(path: &Path) -> io::Result<Option<OwnedFd>> {
    let content = fs::read(path)?;
    if !content.starts_with(b"\x7fELF") {
        return Ok(None);
    }
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // Kernels before 6.3 do not know that memory can be made for execution, but allow it.
    let memory = match memfd_create("engine", flags | MemfdFlags::EXEC) {
        Err(rustix::io::Errno::INVAL) => memfd_create("engine", flags)?,
        memory => memory?,
    };
    let mut file = File::from(memory);
    file.write_all(&content)?;
    fcntl_add_seals(&file, SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE)?;
    Ok(Some(file.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_memory_runs_and_cannot_be_written() {
        let program = Program::find(Engine::Crun, Path::new("true")).unwrap();
        assert!(std::process::Command::new(program.executable()).status().unwrap().success());
        fs::OpenOptions::new()
            .write(true)
            .open(program.executable())
            .and_then(|mut file| file.write_all(b"x"))
            .unwrap_err();
        assert!(program.path().ends_with("true"));
    }

    #[test]
    fn a_script_stays_a_file() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("engine");
        fs::write(&path, "#!/bin/sh\n").unwrap();
        assert_eq!(Program::find(Engine::Crun, &path).unwrap().executable(), path);
    }
}
