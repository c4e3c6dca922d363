//! wrenn-bench
fn main() {}
