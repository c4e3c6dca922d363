//! Child processes: their statuses are collected here and nowhere else.
//!
//! As process 1 the agent also collects what it never started. Both happen under one lock, so that an exit status is
//! never taken by the wrong one, and no signal goes to an id that was collected and given out again.

use std::{
    collections::HashMap,
    io,
    os::{fd::OwnedFd, unix::process::ExitStatusExt as _},
    process::ExitStatus,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use nix::{
    errno::Errno,
    sys::wait::{Id, WaitPidFlag, waitid, waitpid},
    unistd::Pid as NixPid,
};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use tokio::io::{Interest, unix::AsyncFd};

use crate::descriptor;

/// The children of this process that were started here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Children {
    /// By id; the status once it was collected by somebody else than the waiter.
    alive: Arc<Mutex<HashMap<u32, Option<ExitStatus>>>>,
}

impl Children {
    /// Starts a child. No status is collected meanwhile, so also a child that ends at once is waited for.
    pub(super) fn spawn(&self, start: impl FnOnce() -> io::Result<u32>) -> io::Result<(Child, Exit)> {
        let mut alive = self.lock();
        let id = start()?;
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidData)?;
        let exit = pidfd_open(pid, PidfdFlags::NONBLOCK)
            .map_err(io::Error::from)
            .and_then(|fd| descriptor::watch(fd, Interest::READABLE));
        match exit {
            Ok(exit) => {
                alive.insert(id, None);
                drop(alive);
                let child = Child { id, pid, children: self.clone() };
                Ok((child.clone(), Exit { child, watched: exit }))
            }
            Err(error) => {
                // Nobody could wait for it: it must not run.
                kill_process_group(pid, Signal::KILL).ok();
                waitpid(NixPid::from_raw(pid.as_raw_pid()), None).ok();
                Err(error)
            }
        }
    }

    /// Collects every process that has ended and that nobody else will: the duty of process 1. Whether any is left.
    pub(crate) fn collect_orphans(&self) -> bool {
        let mut alive = self.lock();
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        loop {
            match waitid(Id::All, flags) {
                Err(Errno::ECHILD) => return false,
                Err(_) => return true,
                Ok(found) => {
                    let Some(pid) = found.pid() else { return true };
                    let status = collect(pid);
                    if let Some(slot) = u32::try_from(pid.as_raw()).ok().and_then(|id| alive.get_mut(&id)) {
                        *slot = status;
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Option<ExitStatus>>> {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One child, which leads its own process group. Dropping it does not end the process.
#[derive(Debug, Clone)]
pub(super) struct Child {
    id: u32,
    pid: Pid,
    children: Children,
}

/// The end of a child, to be waited for.
#[derive(Debug)]
pub(super) struct Exit {
    child: Child,
    /// Readable once the process has ended.
    watched: AsyncFd<OwnedFd>,
}

impl Exit {
    /// Waits for the end and collects the status. Cancel-safe until it has completed.
    pub(super) async fn wait(&self) -> io::Result<ExitStatus> {
        let Child { id, pid, children } = &self.child;
        loop {
            let mut ready = self.watched.readable().await?;
            let mut alive = children.lock();
            match alive.get(id) {
                Some(Some(status)) => {
                    let status = *status;
                    alive.remove(id);
                    return Ok(status);
                }
                Some(None) => {
                    if let Some(status) = collect(NixPid::from_raw(pid.as_raw_pid())) {
                        alive.remove(id);
                        return Ok(status);
                    }
                }
                None => return Err(io::Error::other("the status was collected before")),
            }
            ready.clear_ready();
        }
    }
}

impl Child {
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Sends a signal to the whole process group; whether the process was still there.
    pub(super) fn signal(&self, signal: Signal) -> bool {
        let alive = self.children.lock();
        // The id is the process's own until its status is collected.
        matches!(alive.get(&self.id), Some(None)) && kill_process_group(self.pid, signal).is_ok()
    }
}

/// Takes the status of a child that has ended.
#[expect(unsafe_code, reason = "waitpid's raw status has no safe wrapper that keeps it whole")]
fn collect(pid: NixPid) -> Option<ExitStatus> {
    let mut status = 0;
    // SAFETY: `status` is a valid place for the status.
    let found = unsafe { libc::waitpid(pid.as_raw(), &raw mut status, libc::WNOHANG) };
    (found == pid.as_raw()).then(|| ExitStatus::from_raw(status))
}
