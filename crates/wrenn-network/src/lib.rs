//! The network of the capsules of one machine.
//!
//! A *slot* is a network namespace that is prepared before its capsule is there, and thrown away with it:
//!
//! ```text
//!  the machine                                  a slot
//!  ───────────                                  ──────
//!  table inet wrenn                             table inet capsule: the capsule's policy
//!   no spoofed sources, no IPv6,                lo     127.0.0.1, ::1, 169.254.1.53 (the server answers names there)
//!   nothing to the machine itself,              eth0   10.213.x.y+1/31, default route by 10.213.x.y
//!   nothing to other capsules,                   │
//!   masquerade                                   │
//!  wrn0ad5xxyy  10.213.x.y/31 ───────────────────┘
//! ```
//!
//! The namespace belongs to the machine's own user namespace, so that nobody in a capsule has any capability over it.
//! Only file descriptors of the server and the processes inside keep it: with the last of them it goes, its link and its
//! addresses too, also when the server was killed. The name of a link says its address, so that no two servers of a
//! machine can have the same one; nothing else has to be noted down.
//!
//! The same rules hold for a virtual machine, whose tap device `vm0` is in the namespace, too.

mod blocked;
mod dns;
pub mod doctor;
mod error;
mod networks;
mod policy;
mod range;
mod rules;
mod slot;
mod traffic;

pub use dns::ADDRESS as DNS_ADDRESS;
pub use error::{Error, Result};
pub use networks::{NetworkConfig, Networks};
pub use policy::{InvalidPolicy, Policy};
pub use range::{DEFAULT_RANGE, Range, RangeError};
pub use slot::{Slot, VM_GATEWAY, VM_GUEST, VM_LINK};
pub use traffic::Traffic;
