//! Input becomes a type at the edge, and what does not becomes a sentence.

mod json;
mod path;
mod query;

pub(crate) use json::Json;
pub(crate) use path::Path;
pub(crate) use query::{Query, pairs};
