//! wrenn
