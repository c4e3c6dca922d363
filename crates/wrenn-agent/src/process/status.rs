//! How a process ended, in the protocol's words.

use std::{os::unix::process::ExitStatusExt as _, process::ExitStatus};

/// The end of a process.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct End {
    /// The exit code, or -1 after a signal.
    pub(super) code: i32,
    /// Whether it exited by itself.
    pub(super) exited: bool,
    /// For people.
    pub(super) status: String,
    /// Why, where there is more to say.
    pub(super) error: Option<String>,
}

impl End {
    pub(super) fn new(status: ExitStatus, error: Option<String>) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self { code, exited: true, status: format!("exit status {code}"), error },
            (None, signal) => {
                let core = if status.core_dumped() { " (core dumped)" } else { "" };
                let name = signal_name(signal.unwrap_or_default());
                Self { code: -1, exited: false, status: format!("signal: {name}{core}"), error }
            }
        }
    }
}

/// A signal's name for people, as the C library has it.
fn signal_name(signal: i32) -> String {
    let name = match signal {
        libc::SIGHUP => "hangup",
        libc::SIGINT => "interrupt",
        libc::SIGQUIT => "quit",
        libc::SIGILL => "illegal instruction",
        libc::SIGTRAP => "trace/breakpoint trap",
        libc::SIGABRT => "aborted",
        libc::SIGBUS => "bus error",
        libc::SIGFPE => "floating point exception",
        libc::SIGKILL => "killed",
        libc::SIGUSR1 => "user defined signal 1",
        libc::SIGSEGV => "segmentation fault",
        libc::SIGUSR2 => "user defined signal 2",
        libc::SIGPIPE => "broken pipe",
        libc::SIGALRM => "alarm clock",
        libc::SIGTERM => "terminated",
        libc::SIGXCPU => "CPU time limit exceeded",
        libc::SIGXFSZ => "file size limit exceeded",
        libc::SIGSYS => "bad system call",
        other => return format!("signal {other}"),
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_signals_are_told_apart() {
        let exited = End::new(ExitStatus::from_raw(3 << 8), None);
        assert_eq!((exited.code, exited.exited, exited.status.as_str()), (3, true, "exit status 3"));
        let killed = End::new(ExitStatus::from_raw(libc::SIGKILL), Some("why".to_owned()));
        assert_eq!((killed.code, killed.exited, killed.status.as_str()), (-1, false, "signal: killed"));
        assert_eq!(killed.error.as_deref(), Some("why"));
        let dumped = End::new(ExitStatus::from_raw(libc::SIGSEGV | 0x80), None);
        assert_eq!(dumped.status, "signal: segmentation fault (core dumped)");
    }
}
