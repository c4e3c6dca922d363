//! The domain logic of the control plane: who may do what, and what it means. Names neither HTTP nor SQL.
//!
//! Everything is asked of a [`Control`], by team: what belongs to another team is not found. The methods stand in one
//! file per resource.

mod control;
mod error;

pub use control::{Caller, CapsulePage, Control, ControlConfig, Credentials, Limits, NewApiKey};
pub use error::{ControlError, Result};
