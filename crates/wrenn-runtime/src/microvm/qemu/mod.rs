//! A QEMU process: its command line, its confinement, its start.
//!
//! It runs as a user id of its own, without any capability, in process, mount, network and IPC namespaces of its own. Its
//! root directory holds the system's programs and libraries, read-only, and nothing else; no `/proc`, no `/dev`. All that
//! it works on (sockets, disks, the network device) it inherits as open files, so that there is nothing that it could open
//! for writing. Two filters of system calls are on it: QEMU's own (`-sandbox`), and one that is there to answer its call for
//! the file below the machine's memory, which it gets read-only (see [`injector`]). A control group limits it.

mod arguments;
mod confine;
mod inherit;
mod injector;
mod jail;
mod launch;

pub(super) use arguments::{CONSOLE, CONSOLE_SIZE, Kernel, SHAPE};
pub(super) use launch::{Launch, Started, launch};
