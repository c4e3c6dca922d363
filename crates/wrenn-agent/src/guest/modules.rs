//! The kernel's modules, which the initramfs has in the order in which they have to be loaded.

use std::{fs, io};

use rustix::{io::Errno, system::finit_module};

use super::error::BootError;

const DIR: &str = "/modules";

/// Loads all of them, and removes the files, which only take memory then.
pub(super) fn load() -> Result<(), BootError> {
    let listed = || -> io::Result<Vec<_>> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(DIR)? {
            paths.push(entry?.path());
        }
        paths.sort();
        Ok(paths)
    };
    for path in listed().map_err(BootError::at("list the kernel's modules"))? {
        let load = || match finit_module(fs::File::open(&path)?, c"", 0) {
            Ok(()) | Err(Errno::EXIST) => Ok(()),
            Err(error) => Err(io::Error::from(error)),
        };
        load().map_err(BootError::at(format!("load {}", path.display())))?;
    }
    fs::remove_dir_all(DIR).map_err(BootError::at("remove the kernel's modules"))
}
