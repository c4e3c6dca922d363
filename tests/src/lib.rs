//! What the end-to-end tests share: the real server as a process of its own, and the search for what it left behind.

mod eventually;
mod leaks;
pub mod netlab;
mod server;

pub use eventually::{eventually, within};
pub use leaks::Leaks;
pub use server::{Options, TestServer, http_client, wrenn_binary};
