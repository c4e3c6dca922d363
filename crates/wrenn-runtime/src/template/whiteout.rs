//! Deletions: how image archives write them, and how overlayfs reads them.
//!
//! An archive has a file `.wh.NAME` where NAME is deleted, and `.wh..wh..opq` in a directory that hides all below it.
//! overlayfs has a character device 0/0 of that name, and an extended attribute on the directory.

use std::{fs, os::unix::ffi::OsStrExt as _, path::Path};

use rustix::fs::{CWD, FileType, Mode, XattrFlags, mknodat, setxattr};

use super::error::TemplateError;

const PREFIX: &[u8] = b".wh.";
const OPAQUE: &[u8] = b".wh..wh..opq";

/// Turns an unpacked archive into a layer.
pub(super) fn convert(tree: &Path) -> Result<(), TemplateError> {
    let mut pending = vec![tree.to_owned()];
    while let Some(dir) = pending.pop() {
        let list = |error| TemplateError::file("list", &dir)(error);
        let mut marks = Vec::new();
        for entry in fs::read_dir(&dir).map_err(list)? {
            let entry = entry.map_err(list)?;
            if entry.file_type().map_err(list)?.is_dir() {
                pending.push(entry.path());
            } else if entry.file_name().as_bytes().starts_with(PREFIX) {
                marks.push(entry.path());
            }
        }
        for mark in marks {
            fs::remove_file(&mark).map_err(TemplateError::file("remove", &mark))?;
            let name = mark.file_name().unwrap_or_default().as_bytes();
            if name == OPAQUE {
                setxattr(&dir, "trusted.overlay.opaque", b"y", XattrFlags::empty())
                    .map_err(|error| TemplateError::file("mark as opaque", &dir)(error.into()))?;
            } else if !name.starts_with(b".wh..wh.") {
                let path = dir.join(std::ffi::OsStr::from_bytes(&name[PREFIX.len()..]));
                mknodat(CWD, &path, FileType::CharacterDevice, Mode::empty(), 0)
                    .map_err(|error| TemplateError::file("make whiteout", &path)(error.into()))?;
            }
        }
    }
    Ok(())
}
