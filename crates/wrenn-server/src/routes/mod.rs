//! One module per resource, one file per operation.

pub(crate) mod capsules;
pub(crate) mod commands;
pub(crate) mod files;
pub(crate) mod notebooks;
pub(crate) mod ports;
pub(crate) mod pty;
pub(crate) mod snapshots;
pub(crate) mod system;
