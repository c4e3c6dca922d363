//! What the fuzz targets call: each function takes any bytes, gives them to the agent in the way a client could, and
//! panics where the agent breaks a promise.
//!
//! `make fuzz` has libFuzzer search for such bytes; the tests here try the same seeds and some thousand variations of
//! them in every test run. Nothing that removes, starts or overwrites what it was not given is ever called.

mod downloads;
mod exchange;
mod messages;
mod multipart;
mod path_resolution;
mod requests;
mod signatures;
#[cfg(test)]
mod tests;

pub use downloads::downloads;
pub use messages::messages;
pub use multipart::multipart;
pub use path_resolution::path_resolution;
pub use requests::requests;
pub use signatures::signatures;
