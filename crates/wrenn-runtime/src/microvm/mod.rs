//! Capsules as virtual machines.

pub mod guest;
pub mod image;
mod once;
mod tool;
