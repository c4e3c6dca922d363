//! The memory of a virtual machine, seen from outside of QEMU.
//!
//! All of it is one private mapping of a file that nobody changes (*the file below*): of zeros for a machine that boots, of
//! a saved machine's memory for one that is restored. What the guest writes becomes pages of QEMU's own; what it only reads
//! is shared with every other machine on the same file. So what there is to save of a machine that stands still are its own
//! pages, which the kernel tells apart, and restoring it elsewhere means writing these over the file again.

mod below;
mod mapping;
mod pages;

pub(super) use below::{Below, blank, merge};
pub(super) use pages::{load, save};

/// The size of a page of memory, in bytes. Files are independent of it; the kernel's table of pages is not.
const PAGE: u64 = 4096;
