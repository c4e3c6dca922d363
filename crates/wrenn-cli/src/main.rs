//! The `wrenn` binary.
fn main() {}
