//! Templates, and snapshots of capsules as templates.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
