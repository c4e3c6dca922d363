//! Open files that QEMU inherits, under numbers that its command line names.
#![expect(unsafe_code, reason = "descriptors are made to outlive exec between it and fork")]

use std::{
    io,
    os::fd::{AsFd, AsRawFd, OwnedFd},
};

use crate::error::{Error, Result};

/// The files. Each has the number that it has here; giving out others could close what the start itself needs.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    files: Vec<OwnedFd>,
}

impl Inherited {
    /// Adds a file and returns its number.
    pub(super) fn add(&mut self, file: impl AsFd) -> Result<i32> {
        let file = file.as_fd().try_clone_to_owned().map_err(Error::system("keep a file open"))?;
        let number = file.as_raw_fd();
        self.files.push(file);
        Ok(number)
    }

    /// Lets the files outlive exec, and no others, whatever the server was started with itself. For the time between fork and
    /// exec: only makes system calls.
    pub(super) fn keep(&self) -> io::Result<()> {
        /// Standard input, output and error are below.
        const FIRST: libc::c_uint = 3;
        // SAFETY: takes no pointers, and closes nothing before exec.
        let closed = unsafe {
            libc::syscall(libc::SYS_close_range, FIRST, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC)
        };
        if closed < 0 {
            return Err(io::Error::last_os_error());
        }
        for file in &self.files {
            // SAFETY: takes no pointers.
            if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETFD, 0) } < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(())
    }
}
