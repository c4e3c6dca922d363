//! wrenn-tests
