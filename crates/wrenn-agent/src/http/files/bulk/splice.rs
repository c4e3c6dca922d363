//! The kernel's own way from a socket to a file.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};

/// How many bytes may lie in the pipe. More than most systems allow by default is refused and not needed.
const PIPE: usize = 1 << 20;

/// A pipe as the go-between that splicing needs.
#[derive(Debug)]
pub(super) struct Splicer {
    reader: OwnedFd,
    writer: OwnedFd,
}

/// Where a transfer failed.
#[derive(Debug)]
pub(super) enum SpliceError {
    /// The socket's side ended or broke.
    Source,
    /// The file could not be written.
    Sink(io::Error),
}

impl Splicer {
    pub(super) fn new() -> io::Result<Self> {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
        // A smaller pipe is slower and works as well.
        let _ = fcntl_setpipe_size(&writer, PIPE);
        Ok(Self { reader, writer })
    }

    /// Moves exactly `length` bytes from `source` to the end of what was written to `sink`.
    pub(super) fn run(&self, source: impl AsFd, sink: &File, mut length: usize) -> Result<(), SpliceError> {
        while length > 0 {
            let flags = SpliceFlags::MOVE | SpliceFlags::MORE;
            let mut waiting = match splice(&source, None, &self.writer, None, length.min(PIPE), flags) {
                Ok(0) => return Err(SpliceError::Source),
                Ok(count) => count,
                Err(Errno::INTR) => continue,
                Err(_) => return Err(SpliceError::Source),
            };
            length -= waiting;
            while waiting > 0 {
                match splice(&self.reader, None, sink, None, waiting, flags) {
                    Ok(0) => return Err(SpliceError::Sink(io::ErrorKind::WriteZero.into())),
                    Ok(count) => waiting -= count,
                    Err(Errno::INTR) => {}
                    Err(error) => return Err(SpliceError::Sink(error.into())),
                }
            }
        }
        Ok(())
    }
}
