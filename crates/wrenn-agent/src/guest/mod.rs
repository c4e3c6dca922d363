//! The agent as process 1 of a virtual machine.
//!
//! The kernel starts it from an initramfs. It makes the machine ([`boot`]), moves into the capsule's root filesystem
//! without starting anew, so that nothing of it is in there, and answers on a serial port ([`serve_port`]). What the
//! machine's starter has to do is told in `wrenn-runtime`, in `microvm/guest/mod.rs`.

mod boot;
mod drives;
pub(crate) mod entropy;
mod error;
mod frames;
mod link;
mod modules;
mod mounts;
pub(crate) mod names;
pub(crate) mod network;
mod port;
mod power;
mod root;
mod serve;
mod sysctl;
mod told;

pub use boot::{Machine, boot};
pub use error::BootError;
pub use power::{off, restart};
pub use serve::serve_port;

/// Whether the kernel of a virtual machine started this process as the first one.
#[must_use]
pub fn is_first_process() -> bool {
    std::process::id() == 1 && std::env::args_os().next().is_some_and(|name| name == "/init")
}
