//! Files of a capsule.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something in a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileEntry {
    /// Its name.
    pub name: String,
    /// Its full path.
    pub path: String,
    /// What it is.
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: FileType,
    /// Its size in bytes.
    pub size: u64,
    /// Its permission bits as a number.
    pub mode: u32,
    /// Its type and permissions as `ls` writes them.
    #[schema(example = "-rwxr-xr-x")]
    pub permissions: String,
    /// The user that owns it.
    pub owner: String,
    /// The group that owns it.
    pub group: String,
    /// When it was last written, in seconds since 1970.
    pub modified_at: i64,
    /// Where it points, when it is a symbolic link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symlink_target: Option<String>,
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileType {
    /// A file, or anything that is neither of the others.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
}

/// Which file to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadFileRequest {
    /// Its path; a relative one begins at the user's home.
    pub path: String,
}

/// Which directory to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListDirRequest {
    /// Its path.
    pub path: String,
    /// How many levels to go down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 1, minimum = 1)]
    pub depth: Option<u32>,
}

impl ListDirRequest {
    /// The levels asked for, or the default; at least 1.
    pub fn depth(&self) -> u32 {
        self.depth.unwrap_or(1).max(1)
    }
}

/// What a directory holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ListDirResponse {
    /// Its entries.
    pub entries: Vec<FileEntry>,
}

/// Which directory to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MakeDirRequest {
    /// Its path; missing parents are made too.
    pub path: String,
}

/// The directory that is there now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MakeDirResponse {
    /// The directory.
    pub entry: FileEntry,
}

/// What to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemoveRequest {
    /// Its path; a directory goes with all that it holds.
    pub path: String,
}

/// What to look at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatRequest {
    /// Its path; a symbolic link is not followed.
    pub path: String,
}

/// What is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatResponse {
    /// The file, directory or link.
    pub entry: FileEntry,
}

/// What to move where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveRequest {
    /// Its path now.
    pub source: String,
    /// Its path afterwards.
    pub destination: String,
}

/// What stands at the destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MoveResponse {
    /// The file, directory or link.
    pub entry: FileEntry,
}

/// The fields of a multipart upload; only for the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UploadForm {
    /// Where the file goes. Comes before `file`, or is given in the query.
    pub path: String,
    /// Its content.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}
