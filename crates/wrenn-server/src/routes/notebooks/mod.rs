//! Notebooks: code that runs cell by cell.

pub(crate) mod delete;
pub(crate) mod exec;
pub(crate) mod interrupt;
pub(crate) mod list;
pub(crate) mod restart;
pub(crate) mod stream;
