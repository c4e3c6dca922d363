//! Extended attributes, with what they say about ids and about overlays.

use std::{
    ffi::{OsStr, OsString},
    io,
    os::unix::ffi::OsStrExt,
    path::Path,
};

use rustix::{
    fs::{XattrFlags, lgetxattr, lgetxattr_query, llistxattr, llistxattr_query, lsetxattr},
    io::Errno,
};

use super::shift::{self, Shift};

/// What overlayfs notes about where a file came from; it holds for that one overlay only.
const OVERLAY_NOTES: [&str; 5] = [
    "trusted.overlay.impure",
    "trusted.overlay.nlink",
    "trusted.overlay.origin",
    "trusted.overlay.upper",
    "trusted.overlay.uuid",
];

/// Copies the attributes of `from` to `to`.
pub(super) fn copy(from: &Path, to: &Path, shift: Shift) -> io::Result<()> {
    for name in names(from)? {
        if OVERLAY_NOTES.iter().any(|note| name == *note) {
            continue;
        }
        let mut value = match read(|| lgetxattr_query(from, &name), |buffer| lgetxattr(from, &name, buffer)) {
            Err(Errno::NODATA) => continue,
            value => value?,
        };
        match name.as_bytes() {
            b"security.capability" => shift::file_capabilities(&mut value, shift),
            b"system.posix_acl_access" | b"system.posix_acl_default" => {
                shift::access_list(&mut value, shift);
            }
            _ => {}
        }
        lsetxattr(to, &name, &value, XattrFlags::empty())?;
    }
    Ok(())
}

fn names(path: &Path) -> io::Result<Vec<OsString>> {
    let list = match read(|| llistxattr_query(path), |buffer| llistxattr(path, buffer)) {
        Err(Errno::OPNOTSUPP) => return Ok(Vec::new()),
        list => list?,
    };
    let names = list.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| OsStr::from_bytes(name).to_owned()).collect())
}

/// Asks for the size first; most files have no attribute, and then one call is enough.
fn read(
    size: impl Fn() -> rustix::io::Result<usize>,
    fill: impl Fn(&mut [u8]) -> rustix::io::Result<usize>,
) -> rustix::io::Result<Vec<u8>> {
    loop {
        let mut buffer = vec![0; size()?];
        if buffer.is_empty() {
            return Ok(buffer);
        }
        match fill(&mut buffer) {
            Ok(length) => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            // It grew meanwhile.
            Err(Errno::RANGE) => {}
            Err(error) => return Err(error),
        }
    }
}
