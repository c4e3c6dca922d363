//! Signed addresses of files.

use http::{Request, request::Parts};

use super::exchange::escaped;
use crate::{
    agent::{Agent, Settings},
    http::{
        access::allowed,
        signature::{Operation, Signed},
    },
};

const TOKEN: &str = "a token that no input knows";

/// The bytes are a query, which opens nothing; and a path, which its own signature opens for reading and for nothing
/// else.
///
/// # Panics
/// When it is not so.
pub fn signatures(data: &[u8]) {
    let agent = Agent::new(Settings { access_token: Some(TOKEN.to_owned()), ..Settings::default() });
    let text = String::from_utf8_lossy(data);
    for method in ["GET", "POST"] {
        if let Some(parts) = parts(method, &format!("/files?{text}")) {
            assert!(!allowed(&agent, &parts), "{text:?} opens something");
        }
    }

    let signed = Signed { path: &text, operation: Operation::Read, user: "", expiration: None };
    let path = escaped(text.as_bytes());
    let signature = escaped(signed.signature(TOKEN).as_bytes());
    let query = format!("path={path}&signature={signature}");
    for (method, query, opens) in [
        ("GET", query.clone(), true),
        ("POST", query.clone(), false),
        ("GET", format!("{query}&username=root"), false),
        ("GET", format!("path={path}x&signature={signature}"), false),
        ("GET", format!("{query}&signature_expiration=99999999999"), false),
    ] {
        if let Some(parts) = parts(method, &format!("/files?{query}")) {
            assert_eq!(allowed(&agent, &parts), opens, "{method} {query}");
        }
    }
}

/// `None` for what is no address, or too long for one.
fn parts(method: &str, uri: &str) -> Option<Parts> {
    Some(Request::builder().method(method).uri(uri).body(()).ok()?.into_parts().0)
}
