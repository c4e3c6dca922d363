//! Capsules as virtual machines.

pub mod guest;
