//! Files through the agent's own doors: RPC, plain HTTP and bare connections. As root, because users are part of it.

mod access;
mod bulk;
mod download;
mod entries;
mod fixture;
mod full_disk;
mod host;
mod polling;
mod tunnel;
mod upload;
mod users;
mod watch;

/// Whether the client has everything on one connection; `tests/one_connection.rs` runs what that changes.
const ONE_CONNECTION: bool = false;
