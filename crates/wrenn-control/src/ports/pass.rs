//! What a visitor shows at a private port.

use subtle::ConstantTimeEq as _;
use wrenn_api::{CapsuleId, Timestamp};
use wrenn_host::PortRules;

use super::signature::Signature;
use crate::Control;

/// What a visitor shows. Any one valid thing will do.
#[derive(Clone, Default)]
pub struct PortPass {
    /// API keys.
    pub keys: Vec<String>,
    /// A capsule's token.
    pub tokens: Vec<String>,
    /// Signatures from a signed address.
    pub signatures: Vec<String>,
}

/// What let a visitor in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Opened {
    /// A credential that a person does not pass on.
    Credential,
    /// A signature.
    Signature(Signed),
}

/// A signature that is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// As it was shown. Has only characters that mean nothing in a cookie.
    pub text: String,
    /// How many seconds it is good for.
    pub seconds: i64,
}

impl Control {
    /// What of a visitor's things opens a private port, and this path there.
    pub(super) async fn opens(
        &self,
        pass: &PortPass,
        id: &CapsuleId,
        rules: &PortRules,
        port: u16,
        path: &str,
    ) -> Option<Opened> {
        // A comparison takes the same time wherever two texts differ.
        let token = rules.token.as_str().as_bytes();
        if pass.tokens.iter().any(|shown| shown.as_bytes().ct_eq(token).into()) {
            return Some(Opened::Credential);
        }
        let now = Timestamp::now().unix_ms() / 1_000;
        for text in &pass.signatures {
            if let Some(signature) = Signature::parse(text)
                && signature.opens(&rules.token, id, port, path, now)
            {
                let signed = Signed { text: text.clone(), seconds: signature.expires() - now };
                return Some(Opened::Signature(signed));
            }
        }
        for key in &pass.keys {
            if self.authenticate_api_key(key).await.is_ok_and(|caller| caller.team_id == rules.team_id) {
                return Some(Opened::Credential);
            }
        }
        None
    }
}
