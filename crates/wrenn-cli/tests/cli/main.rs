//! The `wrenn` command as a process, against a local server that plays the API's part.

mod connection;
mod copies;
mod help;
mod mock;
mod output;
mod running;
