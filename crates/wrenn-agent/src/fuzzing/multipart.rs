//! Bodies of uploads.

use std::{fs, path::Path};

use axum::body::Body;
use http::{
    Request,
    header::{CONTENT_ENCODING, CONTENT_TYPE},
};
use serde_json::Value;

use super::exchange::{escaped, exchange};

/// The first byte picks how the rest is sent to a file in the directory: `a` as multipart, `b` as compressed
/// multipart, `c` as compressed bytes. Then the file is there or it is refused, and nothing else is there.
///
/// # Panics
/// When it is not so, or there is no answer.
pub fn multipart(data: &[u8], dir: &Path) {
    let [kind, body @ ..] = data else { return };
    let kind = kind.wrapping_sub(b'a') % 3;
    let dir = dir.join("uploads");
    fs::create_dir_all(&dir).expect("the directory can be made");
    let file = dir.join("file");
    let mut request = Request::post(format!("/files?path={}", escaped(file.as_os_str().as_encoded_bytes())));
    if kind != 2 {
        request = request.header(CONTENT_TYPE, "multipart/form-data; boundary=XX");
    }
    if kind != 0 {
        request = request.header(CONTENT_ENCODING, "gzip");
    }
    let request = request.body(Body::from(body.to_vec())).expect("the request is well-formed");
    let (parts, answer) = exchange(request);

    let found: Vec<_> = fs::read_dir(&dir).expect("the directory is there").flatten().collect();
    let found: Vec<_> = found.iter().map(fs::DirEntry::path).collect();
    if parts.status == 200 {
        let written: Value = serde_json::from_slice(&answer).expect("the answer is JSON");
        assert_eq!(written[0]["path"].as_str(), file.to_str(), "{answer:?}");
        assert_eq!(found, [file.as_path()], "{answer:?}");
        fs::remove_file(&file).expect("the file can be removed");
    } else {
        assert!(parts.status.is_client_error(), "{} {answer:?}", parts.status);
        assert!(found.is_empty(), "{found:?} after {answer:?}");
    }
}
