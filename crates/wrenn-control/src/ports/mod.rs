//! The ways from outside to what listens inside a capsule.

mod tunnel;
mod visit;

pub use tunnel::PortStream;
pub use visit::PortVisit;
