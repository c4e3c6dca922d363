//! Finds the machine's disks by their serial numbers.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use wrenn_agent_proto::machine::{PRIVATE_SERIAL, layer_serial};

use super::error::BootError;

/// Disks are there as soon as their driver is, but on a very slow machine.
const ATTEMPTS: usize = 1000;
const PAUSE: Duration = Duration::from_millis(5);

/// The disks of a capsule.
#[derive(Debug)]
pub(super) struct Drives {
    /// Images of layers, uppermost first.
    pub(super) layers: Vec<PathBuf>,
    /// Where the capsule writes.
    pub(super) private: PathBuf,
}

/// Waits until all disks are there.
pub(super) fn find(layers: usize) -> Result<Drives, BootError> {
    for attempt in 0.. {
        let mut disks = disks().map_err(BootError::at("list the disks"))?;
        let mut take = |serial: &str| disks.remove(serial).ok_or_else(|| serial.to_owned());
        let found: Result<Vec<_>, _> = (0..layers).map(|number| take(&layer_serial(number))).collect();
        let missing = match (found, take(PRIVATE_SERIAL)) {
            (Ok(layers), Ok(private)) => return Ok(Drives { layers, private }),
            (Err(serial), _) | (_, Err(serial)) => serial,
        };
        if attempt == ATTEMPTS {
            return Err(BootError::at(format!("find the disk {missing}"))(io::ErrorKind::NotFound));
        }
        std::thread::sleep(PAUSE);
    }
    unreachable!("the last attempt returns")
}

/// Every disk's device by its serial number.
fn disks() -> io::Result<HashMap<String, PathBuf>> {
    let mut found = HashMap::new();
    for entry in fs::read_dir("/sys/block")? {
        let entry = entry?;
        if let Ok(serial) = fs::read_to_string(entry.path().join("serial")) {
            found.insert(serial.trim().to_owned(), Path::new("/dev").join(entry.file_name()));
        }
    }
    Ok(found)
}
