//! wrenn-agent-binary
