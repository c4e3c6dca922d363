//! What belongs to the server itself: health, its description, its figures, and addresses that do not exist.

pub(crate) mod docs;
pub(crate) mod fallback;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod openapi;
