//! Copies of capsules.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Capsule;

/// The most copies that one request makes.
pub const MAX_FORKS: u32 = 100;

/// How many copies to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct ForkCapsuleRequest {
    /// The number of copies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 1, minimum = 1, maximum = 100)]
    pub count: Option<u32>,
}

impl ForkCapsuleRequest {
    /// The copies asked for, or the default.
    pub fn count(&self) -> u32 {
        self.count.unwrap_or(1)
    }
}

/// The copies of a capsule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForkCapsuleResponse {
    /// The copies: of the same template, size, notes and limits as the original.
    pub capsules: Vec<Capsule>,
    /// Whether they have the original's memory and go on with its processes, as those of virtual machines do. Copies of
    /// containers have its files only.
    pub memory: bool,
}
