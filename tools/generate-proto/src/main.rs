//! Generates `crates/wrenn-agent-proto/src/generated` from the `.proto` files beside it.
//!
//! Run `cargo run --manifest-path tools/generate-proto/Cargo.toml` after a change to a `.proto` file and commit what
//! it writes. The compiler of the `.proto` files is a library, so no `protoc` has to be installed.

use std::{fs, path::Path};

use anyhow::Context as _;
use buffa_codegen::{BytesRepr, CodeGenConfig};

const FILES: [&str; 2] = ["process.proto", "filesystem.proto"];

fn main() -> anyhow::Result<()> {
    let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/wrenn-agent-proto");
    let crate_dir = crate_dir.canonicalize().context("cannot find crates/wrenn-agent-proto")?;
    let proto_dir = crate_dir.join("proto");
    let out_dir = crate_dir.join("src/generated");

    let descriptors = protox::compile(FILES, [&proto_dir]).context("cannot compile the .proto files")?;
    let set = std::env::temp_dir().join(format!("generate-proto-{}.bin", std::process::id()));
    fs::write(&set, protox::prost::Message::encode_to_vec(&descriptors)).context("cannot write the descriptors")?;

    fs::remove_dir_all(&out_dir).ok();
    fs::create_dir_all(&out_dir).context("cannot make the output directory")?;
    let mut config = CodeGenConfig::default();
    config.generate_json = true;
    // Output is handed on by reference, never copied.
    config.bytes_fields = vec![(".".to_owned(), BytesRepr::Bytes)];
    let result = connectrpc_build::Config::new()
        .buffa_config(config)
        .descriptor_set(&set)
        .files(&FILES)
        .includes(&[&proto_dir])
        .out_dir(&out_dir)
        .include_file("mod.rs")
        .emit_rerun_directives(false)
        .compile();
    fs::remove_file(&set).ok();
    result.context("cannot generate code")?;
    for entry in fs::read_dir(&out_dir)? {
        println!("{}", entry?.path().display());
    }
    Ok(())
}
