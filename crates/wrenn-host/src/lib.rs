//! wrenn-host
