//! Commands and processes.

pub(crate) mod exec;
pub(crate) mod exec_stream;
pub(crate) mod kill;
pub(crate) mod list;
pub(crate) mod process_stream;
