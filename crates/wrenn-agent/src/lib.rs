//! The agent inside a capsule: runs processes and terminals, reads and writes files, opens tunnels to ports.
//!
//! It is the capsule's first process and a library at once: [`serve`] answers on any listener, which is how the
//! tests run it, and the `wrenn-agent` binary adds the duties of process 1.

mod agent;
mod descriptor;
mod filesystem;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod guest;
mod http;
pub mod init;
mod limits;
mod paths;
mod process;
mod router;
mod server;
mod users;

pub use agent::{Agent, Settings};
pub use limits::set_process_limits;
pub use paths::PathError;
pub use server::{Listener, serve};
pub use users::{User, UserError};
