//! The tests of `filesystem` in which the client's way to the agent matters, with everything on one connection.

#[path = "filesystem/access.rs"]
mod access;
#[path = "filesystem/bulk.rs"]
mod bulk;
#[path = "filesystem/entries.rs"]
mod entries;
#[path = "filesystem/fixture.rs"]
mod fixture;
#[path = "filesystem/full_disk.rs"]
mod full_disk;
#[path = "filesystem/host.rs"]
mod host;
#[path = "filesystem/tunnel.rs"]
mod tunnel;

const ONE_CONNECTION: bool = true;
