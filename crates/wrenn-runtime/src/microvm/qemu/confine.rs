//! What a QEMU process gives up between fork and exec.
#![expect(
    unsafe_code,
    reason = "ids, limits and groups are changed between fork and exec by system calls only"
)]

use std::{
    fs::File,
    io,
    os::fd::{AsRawFd, OwnedFd},
};

/// Above the ids of people, of capsules and of what tests use. Each QEMU has the id of this much more than its process
/// number, so that no two that run have the same, without a register of who has which.
const FIRST_ID: u32 = 4_200_000_000;

/// What the child needs for it, opened before.
pub(super) struct Confinement {
    /// Where a process joins its control group by writing to.
    pub(super) group: Vec<File>,
    /// The machine's `/proc`, which knows the process by the number that the machine has for it.
    pub(super) proc: OwnedFd,
    /// The longest that a file may become, in bytes.
    pub(super) longest_file: u64,
}

impl Confinement {
    /// Joins the group.
    pub(super) fn join(&self) -> io::Result<()> {
        for file in &self.group {
            // SAFETY: one byte is read of a constant.
            check(unsafe { libc::write(file.as_raw_fd(), c"0".as_ptr().cast(), 1) })?;
        }
        Ok(())
    }

    /// Gives up every privilege, for good.
    pub(super) fn give_up(&self) -> io::Result<()> {
        let id = FIRST_ID + self.own_number()?;
        limit(libc::RLIMIT_FSIZE, self.longest_file)?;
        limit(libc::RLIMIT_CORE, 0)?;
        limit(libc::RLIMIT_MEMLOCK, 0)?;
        limit(libc::RLIMIT_NOFILE, 1024)?;
        // SAFETY: none of these takes a pointer but null with a length of zero.
        unsafe {
            // Nothing that ends the server's terminal ends this.
            check(libc::setsid() as isize)?;
            check(libc::setgroups(0, std::ptr::null()) as isize)?;
            check(libc::setresgid(id, id, id) as isize)?;
            // With the last id of root, all capabilities go.
            check(libc::setresuid(id, id, id) as isize)
        }
    }

    fn own_number(&self) -> io::Result<u32> {
        let mut text = [0_u8; 16];
        // SAFETY: the kernel writes no more bytes than it is told that there are.
        let length = unsafe {
            libc::readlinkat(self.proc.as_raw_fd(), c"self".as_ptr(), text.as_mut_ptr().cast(), text.len())
        };
        let length = usize::try_from(length).map_err(|_| io::Error::last_os_error())?;
        let digits = text.get(..length).unwrap_or_default();
        // By hand: nothing may allocate here.
        Ok(digits.iter().fold(0_u32, |number, digit| {
            number.wrapping_mul(10).wrapping_add(u32::from(digit.wrapping_sub(b'0')))
        }))
    }
}

fn limit(resource: libc::__rlimit_resource_t, value: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: value, rlim_max: value };
    // SAFETY: the limit lives through the call.
    check(unsafe { libc::setrlimit(resource, &raw const limit) } as isize)
}

fn check(result: isize) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
