//! Requests for what listens inside a capsule. The capsules here share the test's own ports.

mod access;
mod failures;
mod heads;
mod service;
mod streams;
