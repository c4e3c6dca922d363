//! A machine's own pages, in a file.
//!
//! ```text
//! "wrenn-pages-1\n\0\0"   16 bytes
//! count of runs           8 bytes, little endian like all numbers
//! runs                    16 bytes each: offset in the memory, length
//! contents                of all runs, one after the other
//! ```

use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Write},
    ops::Range,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{Below, mapping};
use crate::{
    error::{Error, Result},
    microvm::checksum,
};

const MAGIC: &[u8; 16] = b"wrenn-pages-1\n\0\0";
/// How much is moved at a time.
const CHUNK: usize = 1 << 20;

/// Saves the pages of the standing machine whose QEMU is the process `pid` into the new file `to`. Returns the file's
/// checksum.
pub(in crate::microvm) fn save(pid: i32, below: Below, to: &Path) -> Result<String> {
    let mut runs = Vec::new();
    let mut addresses = Vec::new();
    for mapping in mapping::find(pid, below)? {
        for run in mapping::own_pages(pid, &mapping)? {
            addresses.push(mapping.address.start + (run.start - mapping.offset));
            runs.push(run);
        }
    }
    let memory = memory_of(pid)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let mut out = Hashing { file: file.map_err(Error::file("create", to))?, digest: Sha256::new() };
    let failed = |error: io::Error| Error::file("write", to)(error);
    out.write(&header(&runs)).map_err(failed)?;
    let mut chunk = vec![0; CHUNK];
    for (run, address) in runs.iter().zip(addresses) {
        let length = run.end - run.start;
        let mut done = 0;
        while done < length {
            let part = usize::try_from(length - done).unwrap_or(CHUNK).min(CHUNK);
            memory
                .read_exact_at(&mut chunk[..part], address + done)
                .map_err(Error::system("read a virtual machine's memory"))?;
            out.write(&chunk[..part]).map_err(failed)?;
            done += part as u64;
        }
    }
    Ok(checksum::hex(out.digest))
}

/// Writes the saved pages of `from` into the memory of the process `pid`, a QEMU that has not begun to run. The file must
/// have the `checksum`.
pub(in crate::microvm) fn load(from: &Path, checksum: &str, pid: i32, below: Below) -> Result<()> {
    let mappings = mapping::find(pid, below)?;
    let memory = memory_of(pid)?;
    let found = read(from, |offset, content| {
        let end = offset + content.len() as u64;
        let mapping = mappings.iter().find(|mapping| {
            let length = mapping.address.end - mapping.address.start;
            mapping.offset <= offset && end <= mapping.offset + length
        });
        let Some(mapping) = mapping else { return Err(Error::malformed(from)) };
        memory
            .write_all_at(content, mapping.address.start + (offset - mapping.offset))
            .map_err(Error::system("write a virtual machine's memory"))
    })?;
    if found == checksum { Ok(()) } else { Err(checksum::damaged(from)) }
}

/// Goes through saved pages: the offset and the content of each part. Returns the file's checksum.
pub(super) fn read(from: &Path, mut each: impl FnMut(u64, &[u8]) -> Result<()>) -> Result<String> {
    let failed = |error: io::Error| Error::file("read", from)(error);
    let file = File::open(from).map_err(failed)?;
    let mut digest = Sha256::new();
    let mut file = BufReader::with_capacity(CHUNK, file);
    let mut head = [0; 24];
    file.read_exact(&mut head).map_err(failed)?;
    let (magic, count) = head.split_at(16);
    if magic != MAGIC {
        return Err(Error::malformed(from));
    }
    let count = u64::from_le_bytes(count.try_into().unwrap_or_default());
    let mut table = Vec::new();
    let length = count.checked_mul(16).ok_or_else(|| Error::malformed(from))?;
    file.by_ref().take(length).read_to_end(&mut table).map_err(failed)?;
    digest.update(head);
    digest.update(&table);
    if table.len() as u64 != length {
        return Err(Error::malformed(from));
    }
    let mut chunk = vec![0; CHUNK];
    for entry in table.chunks_exact(16) {
        let (offset, length) = entry.split_at(8);
        let mut offset = u64::from_le_bytes(offset.try_into().unwrap_or_default());
        let mut left = u64::from_le_bytes(length.try_into().unwrap_or_default());
        while left > 0 {
            let part = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
            file.read_exact(&mut chunk[..part]).map_err(failed)?;
            digest.update(&chunk[..part]);
            each(offset, &chunk[..part])?;
            offset += part as u64;
            left -= part as u64;
        }
    }
    Ok(checksum::hex(digest))
}

fn header(runs: &[Range<u64>]) -> Vec<u8> {
    let mut header = Vec::with_capacity(24 + runs.len() * 16);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&(runs.len() as u64).to_le_bytes());
    for run in runs {
        header.extend_from_slice(&run.start.to_le_bytes());
        header.extend_from_slice(&(run.end - run.start).to_le_bytes());
    }
    header
}

fn memory_of(pid: i32) -> Result<File> {
    let path = PathBuf::from(format!("/proc/{pid}/mem"));
    OpenOptions::new().read(true).write(true).open(&path).map_err(Error::file("open", &path))
}

struct Hashing {
    file: File,
    digest: Sha256,
}

impl Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.digest.update(bytes);
        self.file.write_all(bytes)
    }
}
