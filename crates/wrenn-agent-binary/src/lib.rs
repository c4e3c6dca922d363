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

    #[test]
    fn it_is_a_static_executable() {
        let bytes = bytes();
        assert_eq!(&bytes[..4], b"\x7fELF");
        assert!(!bytes.windows(12).any(|window| window == b"ld-linux-x86"), "it names a dynamic loader");
        assert_eq!(hash().len(), 16);
    }
}
