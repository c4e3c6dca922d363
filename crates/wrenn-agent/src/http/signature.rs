//! Signed file addresses: who holds one may read or write one path, without the access token.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};

/// What a signature allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    /// `GET`.
    Read,
    /// `POST`.
    Write,
}

/// What a signature is made of besides the token, as the query has it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// The path, exactly as in the query.
    pub(crate) path: &'a str,
    /// What for.
    pub(crate) operation: Operation,
    /// The user's name; empty for the default user.
    pub(crate) user: &'a str,
    /// The second since 1970 after which it no longer holds.
    pub(crate) expiration: Option<i64>,
}

impl Signed<'_> {
    /// Whether `signature` is right, and not expired at the second `now`.
    pub(crate) fn holds(&self, signature: &str, token: &str, now: i64) -> bool {
        let in_time = self.expiration.is_none_or(|end| now <= end);
        in_time && same(self.signature(token).as_bytes(), signature.as_bytes())
    }

    /// The right signature.
    pub(crate) fn signature(&self, token: &str) -> String {
        let operation = match self.operation {
            Operation::Read => "read",
            Operation::Write => "write",
        };
        let mut text = format!("{}:{operation}:{}:{token}", self.path, self.user);
        if let Some(end) = self.expiration {
            text.push_str(&format!(":{end}"));
        }
        format!("v1_{}", STANDARD_NO_PAD.encode(Sha256::digest(text)))
    }
}

/// Compares secrets in a time that does not tell where they differ.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: Signed<'_> =
        Signed { path: "/home/user/a.txt", operation: Operation::Read, user: "user", expiration: None };

    /// Computed with `printf %s 'path:…' | openssl dgst -sha256 -binary | base64`.
    #[test]
    fn signatures_are_those_of_the_protocol() {
        assert!(
            SIGNED.holds("v1_oO3VOyxXH3pkX/nhqGaqe3v8d+8vNhbGG2sLjuGWsuo", "secret", 0),
            "{}",
            SIGNED.signature("secret")
        );
        let until = Signed { expiration: Some(1_700_000_000), ..SIGNED };
        assert!(
            until.holds("v1_mzn+1R74JH2wtsTk6gTeInu24ZlQ7BBVUOs7jGA8Xwc", "secret", 1_700_000_000),
            "{}",
            until.signature("secret")
        );
    }

    #[test]
    fn every_part_counts() {
        let signature = SIGNED.signature("secret");
        assert!(SIGNED.holds(&signature, "secret", i64::MAX));
        assert!(!SIGNED.holds(&signature, "other", 0));
        assert!(!SIGNED.holds("", "secret", 0));
        for other in [
            Signed { path: "/home/user/b.txt", ..SIGNED },
            Signed { operation: Operation::Write, ..SIGNED },
            Signed { user: "", ..SIGNED },
            Signed { expiration: Some(5), ..SIGNED },
        ] {
            assert!(!other.holds(&signature, "secret", 0), "{other:?}");
        }
    }

    #[test]
    fn an_expired_signature_is_worth_nothing() {
        let until = Signed { expiration: Some(10), ..SIGNED };
        let signature = until.signature("secret");
        assert!(until.holds(&signature, "secret", 10));
        assert!(!until.holds(&signature, "secret", 11));
    }
}
