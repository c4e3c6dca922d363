//! wrenn-agent
