//! wrenn-control
