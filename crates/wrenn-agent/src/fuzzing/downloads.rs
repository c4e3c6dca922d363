//! Headers of downloads.

use std::{fs, path::Path};

use axum::body::Body;
use http::{
    HeaderValue, Request,
    header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_RANGE, RANGE},
};

use super::exchange::{escaped, exchange};

const CONTENT: &[u8] = b"0123456789";

/// The lines are the headers `Range`, `Accept-Encoding` and `Authorization` of a download from the directory; an empty
/// one is not sent. What comes is the bytes that the answer says it is, or a refusal.
///
/// # Panics
/// When it is not so, or there is no answer.
pub fn downloads(data: &[u8], dir: &Path) {
    let file = dir.join("download");
    if !file.exists() {
        fs::write(&file, CONTENT).expect("the file can be written");
    }
    let mut request = Request::get(format!("/files?path={}", escaped(file.as_os_str().as_encoded_bytes())));
    for (name, line) in
        [RANGE, ACCEPT_ENCODING, AUTHORIZATION].into_iter().zip(data.splitn(3, |byte| *byte == b'\n'))
    {
        let Ok(value) = HeaderValue::from_bytes(line) else { return };
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    let (parts, answer) = exchange(request.body(Body::empty()).expect("the request is well-formed"));
    let encoded = parts.headers.contains_key(CONTENT_ENCODING);
    match parts.status.as_u16() {
        200 => assert!(encoded || answer == CONTENT, "{answer:?}"),
        206 => {
            let range = parts.headers[CONTENT_RANGE].to_str().expect("the range is text");
            let range = range.strip_prefix("bytes ").and_then(|range| range.strip_suffix("/10"));
            let (first, last) =
                range.and_then(|range| range.split_once('-')).expect("the range has two ends");
            let part = first.parse().expect("a number")..=last.parse().expect("a number");
            assert!(!part.is_empty() && !encoded && answer == CONTENT[part], "{first}-{last}: {answer:?}");
        }
        // No such user, not that user's file, no such encoding, no such part.
        status => assert!([401, 403, 406, 416].contains(&status), "{status} {answer:?}"),
    }
}
