//! Checksums of saved machines. A file that does not have its own is never used.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use rustix::{
    fs::{SeekFrom, seek},
    io::Errno,
};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

const BLOCK: usize = 4096;
const CHUNK: usize = 256 * BLOCK;

/// The checksum of a file with holes: of every block that is not all zeros, with its place, and of the length. So it
/// does not matter whether zeros are holes or written.
pub(super) fn of(path: &Path) -> Result<String> {
    compute(path).map_err(Error::file("read", path))
}

/// Refuses the file at `path` unless it has the `checksum`.
pub(super) fn check(path: &Path, checksum: &str) -> Result<()> {
    if of(path)? == checksum { Ok(()) } else { Err(damaged(path)) }
}

/// The error for a file that does not have its checksum.
pub(super) fn damaged(path: &Path) -> Error {
    Error::Unusable {
        path: path.to_owned(),
        reason: String::from("it was damaged or written only in part; what was saved with it is lost"),
    }
}

/// A checksum as text.
pub(super) fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn compute(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut digest = Sha256::new();
    digest.update(length.to_le_bytes());
    let mut chunk = vec![0; CHUNK];
    let mut end = 0;
    loop {
        let start = match seek(&file, SeekFrom::Data(end)) {
            Err(Errno::NXIO) => return Ok(hex(digest)),
            start => start? / BLOCK as u64 * BLOCK as u64,
        };
        end = seek(&file, SeekFrom::Hole(start.max(end)))?;
        let mut at = start;
        while at < end {
            let part = usize::try_from((length - at).min(CHUNK as u64)).unwrap_or(CHUNK);
            file.read_exact_at(&mut chunk[..part], at)?;
            for (block, at) in chunk[..part].chunks(BLOCK).zip((at..).step_by(BLOCK)) {
                if block.iter().any(|byte| *byte != 0) {
                    digest.update(at.to_le_bytes());
                    digest.update(block);
                }
            }
            at += part as u64;
        }
        // What was read beyond the end of the data is not read again.
        end = end.max(at);
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write};

    use super::*;

    #[test]
    fn holes_and_zeros_are_the_same_and_everything_else_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let [holes, zeros, other] = ["holes", "zeros", "other"].map(|name| directory.path().join(name));
        let length = 3 << 20;
        let mut content = vec![0; length];
        content[2 << 20] = 7;
        fs::write(&zeros, &content).unwrap();
        content[(2 << 20) + 5000] = 1;
        fs::write(&other, &content).unwrap();
        let mut file = File::create(&holes).unwrap();
        file.set_len(length as u64).unwrap();
        io::Seek::seek(&mut file, io::SeekFrom::Start(2 << 20)).unwrap();
        file.write_all(&[7]).unwrap();
        let checksum = of(&zeros).unwrap();
        check(&holes, &checksum).unwrap();
        let error = check(&other, &checksum).unwrap_err();
        assert!(error.to_string().contains("other cannot be used"), "{error}");
        file.set_len(length as u64 + 1).unwrap();
        check(&holes, &checksum).unwrap_err();
    }
}
