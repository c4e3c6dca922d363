//! Builds the agent as a static executable.
//!
//! The nested build has a target directory of its own, `target/agent` in the workspace, which stays warm between
//! builds: when nothing of the agent has changed, it costs one look of cargo's at the files.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

/// What the agent is made of; nothing else starts a build of it.
const SOURCES: [&str; 6] = [
    "crates/wrenn-agent/src",
    "crates/wrenn-agent/Cargo.toml",
    "crates/wrenn-agent-proto/src",
    "crates/wrenn-agent-proto/Cargo.toml",
    "Cargo.toml",
    "Cargo.lock",
];

const PROFILE: &str = "agent";

fn main() {
    // Not that of the compilation: a copy of the workspace may have the program of another one.
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let workspace = Path::new(&here).join("../..");
    let workspace = workspace.canonicalize().expect("the crate lies in its workspace");
    println!("cargo::rerun-if-changed=build.rs");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={}", workspace.join(source).display());
    }

    let target = env::var("TARGET").expect("cargo sets TARGET");
    let built = build(&workspace, &target);
    // A copy of our own: the nested build may replace its file while a compiler reads this one.
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("wrenn-agent");
    let bytes = fs::read(&built).unwrap_or_else(|error| panic!("cannot read {}: {error}", built.display()));
    if fs::read(&out).ok().as_ref() != Some(&bytes) {
        fs::write(&out, &bytes).unwrap_or_else(|error| panic!("cannot write {}: {error}", out.display()));
    }
    println!("cargo::rustc-env=WRENN_AGENT_PATH={}", out.display());
    println!("cargo::rustc-env=WRENN_AGENT_HASH={:016x}", hash(&bytes));
}

fn build(workspace: &Path, target: &str) -> PathBuf {
    let target_dir = workspace.join("target/agent");
    let mut cargo = Command::new(env::var_os("CARGO").expect("cargo sets CARGO"));
    cargo
        .current_dir(workspace)
        .args(["build", "--locked", "--package", "wrenn-agent", "--bin", "wrenn-agent"])
        .args(["--profile", PROFILE, "--target", target, "--target-dir"])
        .arg(&target_dir);
    // What the outer build means for itself is not meant for this one: its flags, wrappers and target directory would
    // make another agent, or the same one again and again.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let outer =
            ["CARGO_TARGET_DIR", "CARGO_BUILD_", "CARGO_ENCODED_", "CARGO_PROFILE_", "CARGO_FEATURE_"];
        let of_package = ["CARGO_PKG_", "CARGO_CFG_", "CARGO_MANIFEST_", "DEP_"];
        let of_tools =
            ["RUSTFLAGS", "RUSTC", "RUSTDOC", "CLIPPY", "LLVM_PROFILE_FILE", "TARGET", "HOST", "OUT_DIR"];
        let leave = ["PROFILE", "DEBUG", "OPT_LEVEL", "NUM_JOBS"];
        if [&outer[..], &of_package[..], &of_tools[..]].concat().iter().any(|prefix| name.starts_with(prefix))
            || leave.contains(&name.as_str())
        {
            cargo.env_remove(&name);
        }
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-feature=+crt-static\u{1f}-Crelocation-model=static");
    let status = cargo.status().unwrap_or_else(|error| panic!("cannot run {cargo:?}: {error}"));
    assert!(status.success(), "the build of the agent failed: {status}");
    target_dir.join(target).join(PROFILE).join("wrenn-agent")
}

/// FNV-1a: names a version of the agent; no defence is needed against who builds it.
fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
