//! The agent as one static executable, embedded, for whoever puts it into capsules.

/// The executable.
#[must_use]
pub fn bytes() -> &'static [u8] {
    include_bytes!(env!("WRENN_AGENT_PATH"))
}

/// Names this very executable: another build has another hash.
#[must_use]
pub fn hash() -> &'static str {
    env!("WRENN_AGENT_HASH")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a program header says that names a dynamic loader.
    const INTERPRETER: u32 = 3;

    #[test]
    fn it_is_a_static_executable() {
        let bytes = bytes();
        assert_eq!(&bytes[..5], b"\x7fELF\x02");
        let number = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let (size, count) = (number(0x36), number(0x38));
        let table = usize::try_from(u64::from_le_bytes(bytes[0x20..0x28].try_into().expect("eight bytes")));
        let headers = bytes[table.expect("it fits")..].chunks(size).take(count);
        let kinds: Vec<_> =
            headers.map(|header| u32::from_le_bytes([header[0], header[1], header[2], header[3]])).collect();
        assert!(!kinds.is_empty() && !kinds.contains(&INTERPRETER), "{kinds:?}");
        assert_eq!(hash().len(), 16);
    }
}
