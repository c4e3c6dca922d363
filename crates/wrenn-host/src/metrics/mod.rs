//! What capsules use: read twice a second, kept for a day in three resolutions, and on disk across restarts.

mod history;
mod ring;
mod sampler;

pub(crate) use history::History;
pub use ring::Point;
pub(crate) use sampler::{Sampler, read_last_active};
