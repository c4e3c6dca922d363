//! Which system calls are allowed inside: an allow-list in the spirit of the usual one for containers.
//!
//! Everything else fails with `EPERM`, so that programs can do without. Calls that are younger than the list fail with
//! `ENOSYS`, upon which the C library falls back to an older one.

mod bpf;
mod calls;

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// `CLONE_NEW…`: the flags of clone that make namespaces.
const NAMESPACE_FLAGS: u32 = 0x7e02_0000;
/// The execution domains that programs ask for: Linux, without address randomisation, and "tell me which".
const PERSONALITIES: [u32; 5] = [0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];
/// Sockets to the hypervisor, past all namespaces.
const AF_VSOCK: u32 = 40;

/// The finished filter program, as crun's annotation takes it.
pub(super) fn program_base64() -> &'static str {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    PROGRAM.get_or_init(|| STANDARD.encode(bpf::bytes(&bpf::program())))
}

/// The same filter for runtimes that translate a profile themselves.
pub(super) fn profile() -> Value {
    let names: Vec<&str> = calls::allowed().iter().map(|(name, _)| *name).collect();
    let exactly = |value: u32| json!([{ "index": 0, "value": value, "op": "SCMP_CMP_EQ" }]);
    let mut rules = vec![
        json!({ "names": names, "action": "SCMP_ACT_ALLOW" }),
        json!({ "names": ["clone"], "action": "SCMP_ACT_ALLOW",
            "args": [{ "index": 0, "value": NAMESPACE_FLAGS, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ" }] }),
        json!({ "names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": libc::ENOSYS }),
        json!({ "names": ["socket"], "action": "SCMP_ACT_ALLOW",
            "args": [{ "index": 0, "value": AF_VSOCK, "op": "SCMP_CMP_NE" }] }),
    ];
    rules.extend(PERSONALITIES.map(
        |value| json!({ "names": ["personality"], "action": "SCMP_ACT_ALLOW", "args": exactly(value) }),
    ));
    json!({ "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": libc::EPERM, "syscalls": rules })
}
