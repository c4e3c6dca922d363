//! Bytes on their way to becoming text.

use bytes::Bytes;

/// Turns output into text piece by piece. A character that lies across two pieces is held back until it is whole; bytes
/// that are no text become replacement characters.
#[derive(Debug, Default)]
pub struct Text {
    held: Vec<u8>,
}

impl Text {
    /// The text that is whole now; may be empty.
    pub fn push(&mut self, piece: Bytes) -> String {
        let bytes = if self.held.is_empty() {
            Vec::from(piece)
        } else {
            let mut joined = std::mem::take(&mut self.held);
            joined.extend_from_slice(&piece);
            joined
        };
        let whole = bytes.len() - unfinished(&bytes);
        self.held.extend_from_slice(&bytes[whole..]);
        let mut bytes = bytes;
        bytes.truncate(whole);
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// What was held back and will never be whole.
    pub fn finish(&mut self) -> String {
        String::from_utf8_lossy(&std::mem::take(&mut self.held)).into_owned()
    }
}

/// How many bytes at the end are the beginning of a character that is not whole yet.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    for (index, &byte) in tail.iter().enumerate() {
        let needed = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => continue,
        };
        let there = tail.len() - index;
        // Only what can still become a character waits for it.
        let hopeful = std::str::from_utf8(&tail[index..]).is_err_and(|error| error.error_len().is_none());
        if there < needed && hopeful {
            return there;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(bytes: &[u8], size: usize) -> String {
        let mut text = Text::default();
        let mut all: String =
            bytes.chunks(size).map(|piece| text.push(Bytes::copy_from_slice(piece))).collect();
        all.push_str(&text.finish());
        all
    }

    #[test]
    fn characters_stay_whole_whatever_the_pieces() {
        let original = "aé€😀z\u{10FFFF}";
        for size in 1..=original.len() {
            assert_eq!(through(original.as_bytes(), size), original, "in pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_text_is_replaced_and_never_held_for_long() {
        assert_eq!(through(b"a\xffb", 1), "a\u{FFFD}b");
        assert_eq!(through(b"a\xe2\x82", 1), "a\u{FFFD}");
        let mut text = Text::default();
        assert_eq!(text.push(Bytes::from_static(b"\xe2\x28")), "\u{FFFD}(");
        assert_eq!(text.push(Bytes::from_static(b"\xf0\x9f\x98")), "");
        assert_eq!(text.push(Bytes::from_static(b"\x80!")), "😀!");
    }
}
