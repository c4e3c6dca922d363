//! The checked-in OpenAPI document is the one that this code describes.

use std::{fs, path::PathBuf};

#[test]
fn the_checked_in_document_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../sdk/openapi.json");
    let current = wrenn_server::openapi_json();
    if std::env::var_os("WRENN_UPDATE_OPENAPI").is_some() {
        fs::write(&path, current).expect("the document can be written");
        return;
    }
    let checked_in = fs::read_to_string(&path).expect("the document is checked in");
    assert!(checked_in == current, "sdk/openapi.json is stale; run make openapi");
}
