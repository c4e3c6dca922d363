//! Where in the bytes of an HTTP/2 connection its frames begin.

/// What a client sends before its first frame.
const PREFACE: usize = 24;
/// Of a frame; its first three bytes are the length of what follows.
const HEADER: usize = 9;

/// The first byte of a greeting. A frame that begins so would be longer than either side allows.
const STRANGE: u8 = 0xff;

/// Follows the client's side of one connection.
#[derive(Debug)]
pub(super) struct Frames {
    header: [u8; HEADER],
    /// How much of the header is there.
    known: usize,
    /// How much is to be skipped before the next header.
    rest: usize,
    has_begun: bool,
}

impl Frames {
    pub(super) fn new() -> Self {
        Self { header: [0; HEADER], known: 0, rest: 0, has_begun: false }
    }

    /// How many of the next bytes belong to this connection: all of them, but when another one is greeted.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if self.rest > 0 {
                let skipped = self.rest.min(bytes.len() - at);
                self.rest -= skipped;
                at += skipped;
                continue;
            }
            if self.known == 0 && bytes[at] == STRANGE {
                return at;
            }
            if !self.has_begun {
                self.has_begun = true;
                self.rest = PREFACE;
                continue;
            }
            self.header[self.known] = bytes[at];
            self.known += 1;
            at += 1;
            if self.known == HEADER {
                let [high, middle, low, ..] = self.header;
                self.known = 0;
                self.rest = u32::from_be_bytes([0, high, middle, low]) as usize;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(length: u8) -> Vec<u8> {
        // What frames carry may look like a greeting.
        [&[0, 0, length, 0, 0, 0, 0, 0, 1][..], &vec![STRANGE; length.into()]].concat()
    }

    #[test]
    fn a_greeting_is_seen_between_frames_and_nowhere_else() {
        let before = [vec![b'P'; PREFACE], frame(200), frame(0), frame(31)].concat();
        let wire = [&before[..], &[STRANGE; 32]].concat();
        for size in 1..wire.len() {
            let mut frames = Frames::new();
            let taken: Vec<_> = wire.chunks(size).map(|piece| (frames.take(piece), piece.len())).collect();
            let whole = before.len() / size;
            assert!(taken[..whole].iter().all(|(taken, length)| taken == length), "in pieces of {size}");
            assert_eq!(taken[whole].0, before.len() % size, "in pieces of {size}");
        }
    }

    #[test]
    fn a_connection_that_never_began_gives_way() {
        assert_eq!(Frames::new().take(&[STRANGE]), 0);
    }

    #[test]
    fn within_the_preface_there_is_no_beginning() {
        let mut frames = Frames::new();
        assert_eq!(frames.take(b"PRI"), 3);
        assert_eq!(frames.take(&[STRANGE; 21]), 21);
        assert_eq!(frames.take(&[STRANGE]), 0);
    }
}
