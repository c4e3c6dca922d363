//! wrenn-agent-proto
