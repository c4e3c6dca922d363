//! What root inside a capsule may do there. None of it reaches beyond the capsule's own user namespace.

/// The stated list. Left out on purpose, beside everything that concerns the machine as a whole: `CAP_MKNOD` (refused
/// in a user namespace anyway), `CAP_NET_RAW` (ping works without), `CAP_NET_ADMIN` (the host sets up the network),
/// `CAP_SYS_ADMIN` (mounting and namespaces), `CAP_SYS_PTRACE` (tracing other users' processes) and
/// `CAP_AUDIT_WRITE` (there is no audit in a user namespace).
pub(super) const CAPABILITIES: [&str; 11] = [
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_NET_BIND_SERVICE",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
];
