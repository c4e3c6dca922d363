//! The control plane on a runtime in memory, whose capsules have the real agent.

mod accounts;
mod capsules;
mod commands;
mod files;
mod fixture;
mod notebooks;
mod restart;
mod snapshots;
mod startup;
mod streams;
mod team;
