//! The keys that leave a terminal without ending it.

/// Ctrl-]
const LEAVE: u8 = 0x1d;

/// Finds `Ctrl-]` anywhere, and `~.` at the beginning of a line, in what is typed.
#[derive(Debug)]
pub(crate) struct Detach {
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    LineStart,
    /// A tilde at the beginning of a line is held back until the next key.
    Tilde,
    Elsewhere,
}

/// What to do with typed bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// What goes to the capsule.
    pub(crate) forward: Vec<u8>,
    /// Whether to leave, after sending that.
    pub(crate) leave: bool,
}

impl Default for Detach {
    fn default() -> Self {
        Self { state: State::LineStart }
    }
}

impl Detach {
    /// Looks at the next typed bytes. `~~` at the beginning of a line types one `~`.
    pub(crate) fn scan(&mut self, typed: &[u8]) -> Scanned {
        let mut forward = Vec::with_capacity(typed.len() + 1);
        for &byte in typed {
            let held = self.state == State::Tilde;
            if byte == LEAVE || (held && byte == b'.') {
                return Scanned { forward, leave: true };
            }
            if byte == b'~' && self.state == State::LineStart {
                self.state = State::Tilde;
                continue;
            }
            if held && byte != b'~' {
                forward.push(b'~');
            }
            forward.push(byte);
            self.state =
                if matches!(byte, b'\r' | b'\n' | 3 | 4) { State::LineStart } else { State::Elsewhere };
        }
        Scanned { forward, leave: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(pieces: &[&str]) -> (String, bool) {
        let mut detach = Detach::default();
        let mut text = String::new();
        for piece in pieces {
            let scanned = detach.scan(piece.as_bytes());
            text.push_str(std::str::from_utf8(&scanned.forward).expect("text"));
            if scanned.leave {
                return (text, true);
            }
        }
        (text, false)
    }

    #[test]
    fn both_sequences_leave_and_what_came_before_is_typed() {
        assert_eq!(scan(&["ls\u{1d}rest"]), ("ls".into(), true));
        assert_eq!(scan(&["ls\r~.rest"]), ("ls\r".into(), true));
        assert_eq!(scan(&["ls\r", "~", "."]), ("ls\r".into(), true));
        assert_eq!(scan(&["~."]), (String::new(), true));
    }

    #[test]
    fn tildes_elsewhere_are_typed() {
        assert_eq!(scan(&["cd ~.x"]), ("cd ~.x".into(), false));
        assert_eq!(scan(&["~/bin/x\r"]), ("~/bin/x\r".into(), false));
        assert_eq!(scan(&["~", "~."]), ("~.".into(), false));
        assert_eq!(scan(&["\r~\r~."]), ("\r~\r".into(), true));
    }
}
