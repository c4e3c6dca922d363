//! Processes, told apart from later ones with the same number.
#![expect(unsafe_code, reason = "a handle is given to the reactor by an unsafe call")]

use std::{fs, io, os::fd::OwnedFd, sync::OnceLock};

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};
use tokio::io::unix::AsyncFd;

use crate::error::{Error, Result};

/// A process of this boot of the machine, or of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub(crate) pid: i32,
    /// In clock ticks since the machine started.
    start_time: u64,
    boot: String,
}

impl Process {
    /// The process that has the number `pid` now.
    pub(crate) fn now(pid: i32) -> Result<Self> {
        let stat = Stat::read(pid).map_err(Error::system("look at the capsule's first process"))?;
        Ok(Self { pid, start_time: stat.start_time, boot: boot_id().to_owned() })
    }

    /// Whether it still runs.
    pub(crate) fn is_alive(&self) -> bool {
        self.boot == boot_id()
            && Stat::read(self.pid).is_ok_and(|stat| stat.start_time == self.start_time && !stat.is_dead)
    }

    /// A handle on it that can be waited for and signalled without a mix-up, or none when it has ended.
    pub(crate) fn open(&self) -> Result<Option<OwnedFd>> {
        let Some(pid) = Pid::from_raw(self.pid) else { return Ok(None) };
        match pidfd_open(pid, PidfdFlags::empty()) {
            // The number may have been given away before the handle was opened, but not after.
            Ok(handle) => Ok(self.is_alive().then_some(handle)),
            Err(rustix::io::Errno::SRCH | rustix::io::Errno::INVAL) => Ok(None),
            Err(error) => Err(Error::system("open the capsule's first process")(error)),
        }
    }

    /// Returns when it has ended.
    pub(crate) async fn ended(&self) -> Result<()> {
        let Some(handle) = self.open()? else { return Ok(()) };
        // SAFETY: the handle is owned by the registration, so it stays open and the same until that is dropped.
        let handle = unsafe { AsyncFd::register(handle) }
            .map_err(Error::system("watch the capsule's first process"))?;
        let _ready =
            handle.readable().await.map_err(Error::system("wait for the capsule's first process"))?;
        Ok(())
    }

    /// Sends `signal`, unless it has ended.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        let Some(handle) = self.open()? else { return Ok(()) };
        match pidfd_send_signal(&handle, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(error) => Err(Error::system("signal the capsule's first process")(error)),
        }
    }
}

struct Stat {
    is_dead: bool,
    start_time: u64,
}

impl Stat {
    fn read(pid: i32) -> io::Result<Self> {
        let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        Self::parse(&text).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }

    fn parse(text: &str) -> Option<Self> {
        // The name comes second, in parentheses, and may itself have blanks and parentheses.
        let mut fields = text.rsplit_once(") ")?.1.split(' ');
        let state = fields.next()?;
        let start_time = fields.nth(18)?.parse().ok()?;
        Some(Self { is_dead: matches!(state, "Z" | "X" | "x"), start_time })
    }
}

/// Which boot of the machine this is.
pub(crate) fn boot_id() -> &'static str {
    static BOOT: OnceLock<String> = OnceLock::new();
    BOOT.get_or_init(|| {
        fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;

    fn own_pid() -> i32 {
        i32::try_from(std::process::id()).unwrap()
    }

    #[test]
    fn a_running_process_is_alive_and_one_that_took_its_number_is_not() {
        let own = Process::now(own_pid()).unwrap();
        assert!(own.is_alive());
        assert!(own.open().unwrap().is_some());
        let earlier = Process { start_time: own.start_time - 1, ..own.clone() };
        assert!(!earlier.is_alive());
        assert!(earlier.open().unwrap().is_none());
        let before_reboot = Process { boot: String::from("other"), ..own };
        assert!(!before_reboot.is_alive());
        before_reboot.signal(Signal::KILL).unwrap();
    }

    #[test]
    fn a_process_that_nobody_has_waited_for_yet_is_dead() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let process = Process::now(i32::try_from(child.id()).unwrap());
        let handle = pidfd_open(Pid::from_child(&child), PidfdFlags::empty()).unwrap();
        poll(&mut [PollFd::new(&handle, PollFlags::IN)], None).unwrap();
        assert!(!process.unwrap().is_alive());
        child.wait().unwrap();
    }

    #[test]
    fn a_name_with_parentheses_does_not_confuse() {
        let line = format!("7 (a) b (c)) S 1 {}99 0 0", "0 ".repeat(17));
        let stat = Stat::parse(&line).unwrap();
        assert_eq!((stat.is_dead, stat.start_time), (false, 99));
    }
}
