//! Signatures that open a port for a while: `v1.<expiry>.<mac>` for the whole port, `v1.<expiry>.<mac>.<scope>` for a path.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use wrenn_api::{CapsuleId, PortsToken};

use super::scope::Scope;

const VERSION: &str = "v1";

/// A signature that somebody shows. Nothing about it is known to be true before [`Signature::opens`].
pub(super) struct Signature {
    expires: i64,
    mac: Vec<u8>,
    scope: Scope,
}

impl Signature {
    /// Signs for a port until a time, in seconds since 1970.
    pub(super) fn text(token: &PortsToken, id: &CapsuleId, port: u16, scope: &Scope, expires: i64) -> String {
        let mac = URL_SAFE_NO_PAD.encode(mac(token, id, port, scope, expires).finalize().into_bytes());
        match scope.as_str() {
            "" => format!("{VERSION}.{expires}.{mac}"),
            path => format!("{VERSION}.{expires}.{mac}.{}", URL_SAFE_NO_PAD.encode(path)),
        }
    }

    /// Reads what [`Signature::text`] wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (version, expires, mac) = (parts.next()?, parts.next()?, parts.next()?);
        let path = match parts.next() {
            Some(path) => String::from_utf8(URL_SAFE_NO_PAD.decode(path).ok()?).ok()?,
            None => "/".to_owned(),
        };
        let whole = version == VERSION && parts.next().is_none();
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
        whole.then_some(())?;
        Some(Self { expires: expires.parse().ok()?, mac, scope: Scope::of(&path)? })
    }

    /// When it ends, in seconds since 1970.
    pub(super) fn expires(&self) -> i64 {
        self.expires
    }

    /// Whether it is ours, good at this time, and for this port and path.
    pub(super) fn opens(&self, token: &PortsToken, id: &CapsuleId, port: u16, path: &str, now: i64) -> bool {
        // Takes the same time wherever two differ.
        let ours = mac(token, id, port, &self.scope, self.expires).verify_slice(&self.mac).is_ok();
        ours && now < self.expires && self.scope.covers(path)
    }
}

fn mac(token: &PortsToken, id: &CapsuleId, port: u16, scope: &Scope, expires: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_str().as_bytes())
        .unwrap_or_else(|_| unreachable!("a key of any length will do"));
    // None of these but the last can have a line break.
    mac.update(format!("wrenn-port\n{VERSION}\n{id}\n{port}\n{expires}\n{}", scope.as_str()).as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_good_for_what_was_signed_and_nothing_else() {
        let (token, id) = (PortsToken::generate(), CapsuleId::generate());
        let signed = |path: &str| Signature::text(&token, &id, 80, &Scope::of(path).unwrap(), 1_000);
        let opens = |text: &str, path: &str| {
            Signature::parse(text).is_some_and(|signature| signature.opens(&token, &id, 80, path, 999))
        };
        let (all, part) = (signed("/"), signed("/a"));
        assert!(opens(&all, "/") && opens(&all, "/x") && opens(&part, "/a/b") && !opens(&part, "/x"));
        let signature = Signature::parse(&all).unwrap();
        assert!(!signature.opens(&token, &id, 80, "/", 1_000), "expired");
        assert!(!signature.opens(&token, &id, 81, "/", 999), "another port");
        assert!(!signature.opens(&token, &CapsuleId::generate(), 80, "/", 999), "another capsule");
        assert!(!signature.opens(&PortsToken::generate(), &id, 80, "/", 999), "another token");
        let later = all.replacen("1000", "2000", 1);
        let (wider, _) = part.rsplit_once('.').unwrap();
        let other = format!("{wider}.{}", URL_SAFE_NO_PAD.encode("/b"));
        for forged in
            [later.as_str(), wider, &other, &format!("{all}.{}", URL_SAFE_NO_PAD.encode("/x")), &all[..30]]
        {
            assert!(!opens(forged, "/x") && !opens(forged, "/a") && !opens(forged, "/b"), "{forged}");
        }
        for index in 0..all.len() {
            let mut bytes = all.clone().into_bytes();
            bytes[index] ^= 1;
            assert!(!String::from_utf8(bytes).is_ok_and(|text| opens(&text, "/")), "{index}");
        }
    }

    #[test]
    fn nonsense_is_no_signature() {
        for text in [
            "",
            "v1",
            "v1.1",
            "v1..",
            "v2.1.AAAA",
            "v1.x.AAAA",
            "v1.1.!!!",
            "v1.1.AAAA.!!!",
            "v1.1.AAAA.Lw.x",
        ] {
            assert!(Signature::parse(text).is_none(), "{text}");
        }
    }
}
