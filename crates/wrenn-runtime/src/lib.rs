//! How capsules are isolated on this machine: the [`Runtime`] trait and its implementations.

mod cgroup;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod container;
pub mod doctor;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
pub mod microvm;
mod runtime;
pub mod template;

pub use error::{Error, Result};
pub use runtime::{Capabilities, CapsuleSpec, Condition, Kind, Runtime, Usage};
