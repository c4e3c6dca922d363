//! What the kernel, and through it the agent, is told.

use std::fmt;

/// The kernel's command line, by `to_string()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    /// How many layer images there are; the guest waits for all of them.
    pub layers: usize,
    /// The host name until `/init` sets another.
    pub hostname: String,
    /// The most processes and threads of the capsule at a time.
    pub max_pids: u32,
}

/// Of these the kernel's own threads need no more than a few per processor.
const KERNEL_THREADS: u32 = 512;

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layers, hostname, max_pids } = self;
        // A panic restarts the machine at once, which ends QEMU.
        write!(f, "console=ttyS0 quiet panic=-1 reboot=t")?;
        // Nobody ever types on this machine, and looking for keyboards takes its time.
        write!(f, " i8042.noaux i8042.nokbd i8042.nopnp 8250.nr_uarts=1")?;
        // The kernel's package was tested by who made it; to do so again takes an emulated machine half a second.
        write!(f, " cryptomgr.notests")?;
        let threads = max_pids.saturating_add(KERNEL_THREADS);
        write!(f, " wrenn.layers={layers} wrenn.hostname={hostname} wrenn.threads={threads}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_what_the_guest_needs() {
        let line = CommandLine { layers: 2, hostname: String::from("cl-1"), max_pids: 1000 }.to_string();
        assert!(line.ends_with(" wrenn.layers=2 wrenn.hostname=cl-1 wrenn.threads=1512"), "{line}");
    }
}
