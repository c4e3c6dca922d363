//! wrenn-store
