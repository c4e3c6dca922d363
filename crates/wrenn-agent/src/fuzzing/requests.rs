//! Bodies of RPCs: plain, in envelopes, compressed.

use axum::body::Body;
use http::{
    Request,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};

use super::exchange::exchange;

/// Calls that harm nothing, whatever they name: any bytes must not remove or start anything.
const METHODS: &[&str] = &[
    "/filesystem.Filesystem/Stat",
    "/filesystem.Filesystem/GetWatcherEvents",
    "/filesystem.Filesystem/RemoveWatcher",
    "/process.Process/List",
    "/process.Process/Connect",
    "/process.Process/SendInput",
    "/process.Process/StreamInput",
    "/process.Process/CloseStdin",
    "/process.Process/Update",
];

/// Types of bodies, and whether they are said to be compressed.
const KINDS: &[(&str, bool)] = &[
    ("application/json", false),
    ("application/proto", false),
    ("application/connect+json", false),
    ("application/connect+proto", false),
    ("application/json", true),
    ("application/connect+json", true),
    ("application/grpc", false),
    ("application/grpc-web+proto", false),
];

/// The flag of the last envelope of a stream.
const END: u8 = 2;

/// The first byte picks the method (`a` the first), the second the kind of body, the rest is the body: the answer
/// is no failure of the agent's own, and one in envelopes has a proper end.
///
/// # Panics
/// When it is not so, or there is no answer.
pub fn requests(data: &[u8]) {
    let [method, kind, body @ ..] = data else { return };
    let (kind, compressed) = *pick(KINDS, *kind);
    let mut request = Request::post(*pick(METHODS, *method)).header(CONTENT_TYPE, kind);
    if compressed {
        let streams = kind.starts_with("application/connect+");
        request = request
            .header(if streams { "connect-content-encoding" } else { CONTENT_ENCODING.as_str() }, "gzip");
    }
    let request = request.body(Body::from(body.to_vec())).expect("the request is well-formed");
    let (parts, answer) = exchange(request);
    let status = parts.status.as_u16();
    assert!(status < 500 || status == 501, "{status} {answer:?}");
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/connect+") {
        assert!(ends(&answer), "{answer:?}");
    }
}

fn pick<T>(from: &[T], choice: u8) -> &T {
    &from[usize::from(choice.wrapping_sub(b'a')) % from.len()]
}

/// Whether a stream is made of whole envelopes, of which the last and no other says that it is the last.
fn ends(mut stream: &[u8]) -> bool {
    while let [flags, a, b, c, d, rest @ ..] = stream {
        let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let Some(rest) = rest.get(length..) else { return false };
        if flags & END != 0 {
            return rest.is_empty();
        }
        stream = rest;
    }
    false
}
