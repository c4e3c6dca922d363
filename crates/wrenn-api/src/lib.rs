//! wrenn-api
