//! wrenn-runtime
