//! What can be done to files, one function each. All take absolute paths, may block, and act with the
//! identity that the calling thread has.

mod copy;
mod list;
mod make_dir;
mod remove;
mod rename;

pub(crate) use list::list;
pub(crate) use make_dir::{make_dir, make_parents};
pub(crate) use remove::remove;
pub(crate) use rename::rename;
