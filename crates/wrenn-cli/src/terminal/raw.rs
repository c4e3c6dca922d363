//! Raw mode: every key goes to the capsule, also Ctrl-C.

use std::io;

use rustix::{
    stdio::stdin,
    termios::{OptionalActions, Termios, tcgetattr, tcsetattr},
};

/// The terminal in raw mode; dropped, it is as it was.
pub(crate) struct RawMode {
    before: Termios,
}

impl RawMode {
    /// Changes the terminal of standard input.
    pub(crate) fn enter() -> io::Result<Self> {
        let raw = Self { before: tcgetattr(stdin())? };
        raw.enter_again()?;
        Ok(raw)
    }

    /// Changes it again, after a shell in between has changed it back.
    pub(crate) fn enter_again(&self) -> io::Result<()> {
        let mut attributes = self.before.clone();
        attributes.make_raw();
        Ok(tcsetattr(stdin(), OptionalActions::Now, &attributes)?)
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // After what is still on its way was shown. The terminal may be gone; then there is nothing to restore.
        let _ = tcsetattr(stdin(), OptionalActions::Drain, &self.before);
    }
}
