//! The files of one request.

use std::collections::HashMap;
use std::path::PathBuf;

use http::HeaderMap;
use serde::Serialize;

use crate::filesystem::atomic::AtomicFile;
use crate::filesystem::error::FsError;
use crate::filesystem::metadata;
use crate::http::error::HttpError;

/// A file that was written, as the answer has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Written {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    path: String,
    #[serde(skip_serializing_if = "HashMap::is_empty")]
    metadata: HashMap<String, String>,
}

/// A file whose content is there, but not in its place yet.
#[derive(Debug)]
pub(super) struct Pending {
    /// Where the caller wants it.
    pub(super) path: PathBuf,
    /// The content.
    pub(super) file: AtomicFile,
}

impl Pending {
    /// Puts the file in its place.
    pub(super) fn commit(self, notes: &HashMap<String, String>) -> Result<Written, FsError> {
        self.file.commit()?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let path = self.path.to_string_lossy().into_owned();
        Ok(Written { name, kind: "file", path, metadata: notes.clone() })
    }
}

/// The user's notes in a request: every `X-Metadata-<key>` header.
///
/// # Errors
/// 400 for what cannot be kept.
pub(super) fn notes(headers: &HeaderMap) -> Result<HashMap<String, String>, HttpError> {
    let mut notes = HashMap::new();
    for (name, value) in headers {
        let Some(key) = name.as_str().strip_prefix("x-metadata-") else { continue };
        let value = value.to_str().map_err(|_| metadata::MetadataError::Unprintable(key.to_owned()))?;
        // Of several with one key, the first counts.
        notes.entry(key.to_owned()).or_insert_with(|| value.to_owned());
    }
    metadata::check(&notes)?;
    Ok(notes)
}
