//! The bytes of a file: shared with the original where the file system can, copied in the kernel otherwise.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

use rustix::{
    fs::{SeekFrom, copy_file_range, ioctl_ficlone, seek},
    io::Errno,
};

/// How much is copied at a time where the kernel does not do it.
const CHUNK: usize = 1 << 20;

/// Copies the content of `from` to the new file `to`, holes as holes.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let source = OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW).open(from)?;
    let target = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let length = source.metadata()?.len();
    if length == 0 || ioctl_ficlone(&target, &source).is_ok() {
        return Ok(());
    }
    copy_data(&source, &target)?;
    target.set_len(length)
}

fn copy_data(source: &File, target: &File) -> io::Result<()> {
    let mut end = 0;
    loop {
        let start = match seek(source, SeekFrom::Data(end)) {
            Err(Errno::NXIO) => return Ok(()),
            start => start?,
        };
        end = seek(source, SeekFrom::Hole(start))?;
        copy_range(source, target, start, end)?;
    }
}

fn copy_range(source: &File, target: &File, start: u64, end: u64) -> io::Result<()> {
    let (mut from, mut to) = (start, start);
    while from < end {
        let left = usize::try_from(end - from).unwrap_or(usize::MAX);
        match copy_file_range(source, Some(&mut from), target, Some(&mut to), left) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) => {}
            // The kernel copies only within a file system, or between those of one kind.
            Err(Errno::XDEV | Errno::OPNOTSUPP | Errno::NOSYS) => {
                return copy_bytes(source, target, from, end);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn copy_bytes(source: &File, target: &File, start: u64, end: u64) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    let mut at = start;
    while at < end {
        let part = usize::try_from(end - at).unwrap_or(CHUNK).min(CHUNK);
        source.read_exact_at(&mut buffer[..part], at)?;
        target.write_all_at(&buffer[..part], at)?;
        at += part as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write, os::unix::fs::MetadataExt};

    use super::*;

    #[test]
    fn holes_stay_holes_on_whichever_file_system() {
        let here = tempfile::tempdir().unwrap();
        // Usually another file system than the one for temporary files.
        let there = tempfile::tempdir_in("/dev/shm").unwrap();
        let from = here.path().join("from");
        let mut file = File::create(&from).unwrap();
        file.write_all(b"begin").unwrap();
        file.set_len(64 << 20).unwrap();
        file.write_all_at(b"middle", 40 << 20).unwrap();
        for to in [here.path().join("to"), there.path().join("to")] {
            copy(&from, &to).unwrap();
            assert!(fs::read(&from).unwrap() == fs::read(&to).unwrap());
            assert!(fs::metadata(&to).unwrap().blocks() * 512 < 1 << 20);
        }
    }
}
