//! Capsules and their lifecycle.

mod create;
mod end;
mod find;
mod fork;
mod lifecycle;
mod list;
mod metrics;
mod network;

pub(crate) use create::check_envs;
pub use list::CapsulePage;
