//! A user namespace with a given mapping, to hand to the kernel as the mapping of a mount.
#![expect(unsafe_code, reason = "a process in a new namespace is made by a raw clone")]

use std::{
    fs::{self, File},
    os::fd::OwnedFd,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{Error, Result};

/// How many ids a capsule has.
pub(super) const IDS: u32 = 65_536;

/// A user namespace in which the ids 0 to 65,535 are `first_id` and those that follow outside.
///
/// A namespace gets its mapping through a process in it, so there is one for a moment. It shares this process's
/// memory, to save copying its page tables.
pub(super) fn mapped(first_id: u32) -> Result<OwnedFd> {
    let anchor = Anchor::start()?;
    let map = format!("0 {first_id} {IDS}");
    for file in ["uid_map", "gid_map"] {
        let path = format!("/proc/{}/{file}", anchor.pid.as_raw_nonzero());
        fs::write(&path, &map).map_err(Error::file("write", path))?;
    }
    let path = format!("/proc/{}/ns/user", anchor.pid.as_raw_nonzero());
    File::open(&path).map(OwnedFd::from).map_err(Error::file("open", path))
}

/// A process that does nothing in a user namespace of its own; killed when dropped.
struct Anchor {
    pid: Pid,
    _stack: Vec<u8>,
}

impl Anchor {
    fn start() -> Result<Self> {
        let mut stack = vec![0_u8; 16 * 1024];
        // The stack grows down from its end, which must be aligned.
        let offset = stack.len() - (stack.as_ptr() as usize + stack.len()) % 16;
        // No signal at its end, so that nobody else's waiting for children sees it.
        let flags = libc::CLONE_NEWUSER | libc::CLONE_VM;
        // SAFETY: the new process runs `idle` only, on a stack of its own that outlives it (`drop` waits for its
        // end before the stack goes), and `idle` touches no memory but that stack.
        let pid = unsafe {
            let end = stack.as_mut_ptr().add(offset);
            libc::clone(idle, end.cast(), flags, std::ptr::null_mut())
        };
        match Pid::from_raw(pid) {
            Some(pid) if pid.as_raw_nonzero().get() > 0 => Ok(Self { pid, _stack: stack }),
            _ => Err(Error::system("make a user namespace")(std::io::Error::last_os_error())),
        }
    }
}

impl Drop for Anchor {
    fn drop(&mut self) {
        let _ = kill_process(self.pid, Signal::KILL);
        // SAFETY: waits for our own child and writes no status.
        while unsafe { libc::waitpid(self.pid.as_raw_nonzero().get(), std::ptr::null_mut(), libc::__WALL) }
            < 0
        {
            if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
                break;
            }
        }
    }
}

/// Waits to be killed, also when the thread that started it dies. System calls only: it shares all memory.
extern "C" fn idle(_: *mut libc::c_void) -> libc::c_int {
    // SAFETY: both calls take no pointers but null.
    unsafe {
        libc::syscall(libc::SYS_prctl, libc::PR_SET_PDEATHSIG, libc::SIGKILL, 0, 0, 0);
        loop {
            libc::syscall(libc::SYS_ppoll, 0, 0, 0, 0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_is_made_and_its_process_is_gone() {
        use std::os::unix::fs::MetadataExt;
        let namespace = File::from(mapped(4_000_000_000).unwrap());
        let own = fs::metadata("/proc/self/ns/user").unwrap();
        assert_ne!(namespace.metadata().unwrap().ino(), own.ino());
        // SAFETY: asks for any child, of which there is none.
        let left = unsafe { libc::waitpid(-1, std::ptr::null_mut(), libc::__WALL | libc::WNOHANG) };
        assert_eq!(left, -1);
    }
}
