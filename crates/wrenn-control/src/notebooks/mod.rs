//! Notebooks: code that runs cell by cell, with a kernel each where the capsule has a Jupyter server.
//!
//! A notebook is a session of that server, whose path is the notebook's name, so that it outlasts this program. An actor
//! for each (`actor/`) keeps the way to its kernel open and runs its cells one after the other. Where there is no Jupyter
//! server, each cell is a Python program of its own (`plain.rs`).

mod actor;
mod cell;
mod collect;
mod plain;
mod port;
mod registry;
mod verbs;

pub use cell::{CellRun, CellStop};
pub(crate) use registry::Notebooks;
