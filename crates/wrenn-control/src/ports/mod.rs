//! The ways from outside to what listens inside a capsule.

mod pass;
mod scope;
mod sign;
mod signature;
mod tunnel;
mod visit;
mod visits;

pub use pass::{PortPass, Signed};
pub use sign::SignedPath;
pub use tunnel::PortStream;
pub use visit::PortVisit;
pub(crate) use visits::Visits;
