//! How capsules are isolated on this machine: the [`Runtime`] trait and its implementations.

mod blocking;
mod cgroup;
pub mod choice;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod container;
pub mod doctor;
mod error;
#[cfg(feature = "fake")]
pub mod fake;
mod lock;
pub mod microvm;
mod network;
mod process;
mod runtime;
mod socket;
mod sparse;
pub mod template;
mod tree;

pub use error::{Error, Result};
pub use network::{NetworkNamespace, prepare as prepare_network};
pub use runtime::{Capabilities, CapsuleSpec, Condition, Kind, Runtime, Usage};
