//! Where QEMU has the machine's memory, and which pages of it are its own.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::PathBuf,
};

use super::{Below, PAGE};
use crate::error::{Error, Result};

/// A mapped part of the file below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapping {
    /// Where it is in QEMU's memory.
    pub(super) address: Range<u64>,
    /// Where it begins in the file.
    pub(super) offset: u64,
}

/// Finds the file's mappings in the process.
pub(super) fn find(pid: i32, below: Below) -> Result<Vec<Mapping>> {
    let path = PathBuf::from(format!("/proc/{pid}/maps"));
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let found: Vec<_> = text.lines().filter_map(|line| parse(line, below)).collect();
    if found.is_empty() { Err(Error::malformed(&path)) } else { Ok(found) }
}

/// A line as in `7f617bfff000-7f619bfff000 rw-p 00000000 fe:00 10119440 /path`.
fn parse(line: &str, below: Below) -> Option<Mapping> {
    /// Some file systems show another device here than elsewhere; nothing else of QEMU's is as large.
    const LARGE: u64 = 16 << 20;
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let permissions = fields.next()?;
    let offset = fields.next()?;
    let (major, minor) = fields.next()?.split_once(':')?;
    let inode: u64 = fields.next()?.parse().ok()?;
    let number = |text| u64::from_str_radix(text, 16).ok();
    let device = (u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
    let mapping = Mapping { address: number(start)?..number(end)?, offset: number(offset)? };
    let is_large = mapping.address.end - mapping.address.start >= LARGE;
    let is_it = inode == below.inode && permissions == "rw-p" && (device == below.device || is_large);
    is_it.then_some(mapping)
}

/// The runs of pages that are the process's own, as offsets in the file below.
pub(super) fn own_pages(pid: i32, mapping: &Mapping) -> Result<Vec<Range<u64>>> {
    /// Eight bytes for each page, of which these are the flags.
    const PRESENT: u64 = 1 << 63;
    const SWAPPED: u64 = 1 << 62;
    const OF_A_FILE: u64 = 1 << 61;
    const AT_ONCE: usize = 8 * 16_384;

    let path = PathBuf::from(format!("/proc/{pid}/pagemap"));
    let failed = |error: io::Error| Error::file("read", &path)(error);
    let mut table = File::open(&path).map_err(failed)?;
    table.seek(SeekFrom::Start(mapping.address.start / PAGE * 8)).map_err(failed)?;
    let mut left = usize::try_from((mapping.address.end - mapping.address.start) / PAGE * 8).unwrap_or(0);
    let mut entries = vec![0; AT_ONCE];
    let mut runs: Vec<Range<u64>> = Vec::new();
    let mut offset = mapping.offset;
    while left > 0 {
        let part = &mut entries[..left.min(AT_ONCE)];
        table.read_exact(part).map_err(failed)?;
        left -= part.len();
        for entry in part.chunks_exact(8) {
            let flags = u64::from_ne_bytes(entry.try_into().unwrap_or_default());
            if flags & (PRESENT | SWAPPED) != 0 && flags & OF_A_FILE == 0 {
                match runs.last_mut() {
                    Some(run) if run.end == offset => run.end += PAGE,
                    _ => runs.push(offset..offset + PAGE),
                }
            }
            offset += PAGE;
        }
    }
    Ok(runs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_is_understood() {
        let below = Below { device: (0xfe, 0), inode: 101 };
        let line = "7f617bfff000-7f619bfff000 rw-p 00001000 fe:00 101     /with a blank (deleted)";
        let mapping = parse(line, below).unwrap();
        assert_eq!(mapping, Mapping { address: 0x7f61_7bff_f000..0x7f61_9bff_f000, offset: 0x1000 });
        assert_eq!(parse(line, Below { inode: 102, ..below }), None);
        assert!(parse(line, Below { device: (0, 7), ..below }).is_some());
        let small = "7f617bfff000-7f617c000000 rw-p 00001000 fe:00 101 /library";
        assert_eq!(parse(small, Below { device: (0, 7), ..below }), None);
        assert_eq!(parse("7f617bfff000-7f619bfff000 rw-p 00000000 00:00 0", below), None);
    }
}
