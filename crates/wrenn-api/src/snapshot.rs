//! Templates, and snapshots of capsules as templates.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CapsuleId, RuntimeKind, Timestamp};

/// What to keep as a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreateSnapshotRequest {
    /// The capsule; it keeps running.
    #[schema(value_type = String)]
    pub sandbox_id: CapsuleId,
    /// The template's name; generated when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
}

/// What capsules are made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    #[serde(rename = "type")]
    #[schema(inline)]
    pub kind: TemplateType,
    /// The processors of the capsule that it was taken from.
    pub vcpus: Option<u32>,
    /// The memory in MiB of the capsule that it was taken from.
    pub memory_mb: Option<u32>,
    /// The only runtime that capsules can be made from it by, if it holds memory; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(inline, nullable = false)]
    pub runtime: Option<RuntimeKind>,
    /// What it takes on disk.
    pub size_bytes: u64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// Where a template comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TemplateType {
    /// Built from a definition.
    Base,
    /// Taken from a capsule.
    Snapshot,
}
