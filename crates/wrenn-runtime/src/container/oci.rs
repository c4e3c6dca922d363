//! The configuration that the OCI runtime is given.

use serde_json::{Value, json};

use super::{capabilities::CAPABILITIES, launch::AGENT_FD, stage::Staged, user_namespace::IDS};
use crate::{network::NetworkNamespace, runtime::CapsuleSpec};

/// Where the agent is inside: on a file system of its own, so that no snapshot has it.
const AGENT: &str = "/dev/.wrenn/agent";
/// Where the agent finds out that the kernel killed something for want of memory.
const MEMORY_EVENTS: &str = "/dev/.wrenn/memory-events";

/// Files of `/proc` and `/sys` that tell about the machine.
const MASKED: [&str; 11] = [
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
];
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
/// Those that each capsule gets a new one of; its network namespace is given.
const NAMESPACES: [&str; 6] = ["user", "pid", "mount", "ipc", "uts", "cgroup"];

/// What every engine is told; the rest is the engine's own. `open_files` is the limit of this process, which may be
/// lowered but not raised.
pub(super) fn config(
    spec: &CapsuleSpec,
    staged: &Staged,
    network: &NetworkNamespace,
    open_files: u64,
) -> Value {
    let mut namespaces: Vec<Value> = NAMESPACES.iter().map(|kind| json!({ "type": kind })).collect();
    namespaces.push(json!({ "type": "network", "path": network.path() }));
    let mapping = json!([{ "containerID": 0, "hostID": spec.first_id, "size": IDS }]);
    let shared_memory = format!("size={}m", (spec.memory_mb / 2).max(1));
    json!({
        "ociVersion": "1.0.2",
        "process": {
            "terminal": false,
            "user": { "uid": 0, "gid": 0 },
            "args": [AGENT, "--fd", AGENT_FD.to_string()],
            "env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"],
            "cwd": "/",
            "capabilities": {
                "bounding": CAPABILITIES,
                "effective": CAPABILITIES,
                "permitted": CAPABILITIES,
                "inheritable": [],
                "ambient": [],
            },
            "rlimits": [
                { "type": "RLIMIT_NOFILE", "soft": open_files, "hard": open_files },
                { "type": "RLIMIT_CORE", "soft": 0, "hard": 0 },
            ],
            // `sudo` works inside. What it gains is bounded by the list above.
            "noNewPrivileges": false,
        },
        "root": { "path": staged.root, "readonly": false },
        "hostname": spec.hostname,
        "mounts": [
            mount("/proc", "proc", "proc", &["nosuid", "noexec", "nodev"]),
            mount("/dev", "tmpfs", "tmpfs", &["nosuid", "mode=755", "size=1m"]),
            mount("/dev/pts", "devpts", "devpts",
                &["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            mount("/dev/shm", "tmpfs", "shm", &["nosuid", "noexec", "nodev", "mode=1777", &shared_memory]),
            json!({
                "destination": "/sys", "type": "bind", "source": staged.sys,
                "options": ["bind", "ro", "nosuid", "nodev", "noexec"],
            }),
            json!({
                "destination": AGENT, "type": "bind", "source": staged.agent,
                "options": ["bind", "ro", "nosuid", "nodev"],
            }),
            json!({
                "destination": MEMORY_EVENTS, "type": "bind", "source": staged.memory_events,
                "options": ["bind", "ro", "nosuid", "nodev", "noexec"],
            }),
        ],
        "linux": {
            "namespaces": namespaces,
            "uidMappings": mapping,
            "gidMappings": mapping,
            "maskedPaths": MASKED,
            "readonlyPaths": READ_ONLY,
        },
    })
}

fn mount(destination: &str, kind: &str, source: &str, options: &[&str]) -> Value {
    json!({ "destination": destination, "type": kind, "source": source, "options": options })
}
