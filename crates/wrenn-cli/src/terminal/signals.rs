//! The signals that ask this program to end.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interrupt {
    number: u8,
}

impl Interrupt {
    /// What a program ends with when this signal ended it.
    pub(crate) fn exit_code(self) -> u8 {
        128 + self.number
    }
}

/// The signals, one after the other.
pub(crate) struct Interrupts {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

/// Listens for Ctrl-C, SIGTERM and the end of the terminal, which from now on do not end the program by themselves.
pub(crate) fn interrupts() -> io::Result<Interrupts> {
    Ok(Interrupts {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
        hangup: signal(SignalKind::hangup())?,
    })
}

impl Interrupts {
    /// The next request. Dropping the future loses none.
    pub(crate) async fn next(&mut self) -> Interrupt {
        tokio::select! {
            _ = self.interrupt.recv() => Interrupt { number: 2 },
            _ = self.terminate.recv() => Interrupt { number: 15 },
            _ = self.hangup.recv() => Interrupt { number: 1 },
        }
    }
}
