//! wrenn-server
