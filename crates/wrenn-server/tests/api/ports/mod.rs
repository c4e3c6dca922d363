//! Requests for what listens inside a capsule. The capsules here share the test's own ports.

mod failures;
mod heads;
mod service;
mod streams;
