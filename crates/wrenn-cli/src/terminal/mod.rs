//! The terminal that this program runs in.

mod detach;
mod input;
mod raw;
mod session;
mod signals;

pub(crate) use input::read_stdin;
pub(crate) use session::{Ending, run_session};
pub(crate) use signals::{Interrupt, Interrupts, interrupts};

use std::io::{self, IsTerminal};

/// Whether a person types into this program and sees what it prints.
pub(crate) fn is_interactive() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Columns and rows.
pub(crate) fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}
