//! The disk that a capsule writes to.

use std::{fs::File, os::unix::fs::OpenOptionsExt as _, path::Path};

use tokio::process::Command;

use crate::{
    error::{Error, Result},
    microvm::tool,
};

/// Makes the new, empty private disk `path` of that many bytes. It takes a few hundred kilobytes at first, and grows.
///
/// There is no journal in it: what it holds means nothing without the memory of the machine that writes it, or is
/// written out in order at the machine's end.
///
/// # Errors
/// `mke2fs` is not installed or fails; nothing is left then.
pub async fn create_private_disk(path: &Path, bytes: u64) -> Result<()> {
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|file| file.set_len(bytes))
        .map_err(Error::file("create", path))?;
    let mut command = Command::new("mke2fs");
    command.args(["-q", "-F", "-t", "ext4", "-m", "0", "-L", "wrenn-private"]);
    command.args(["-O", "^has_journal,^resize_inode,sparse_super2"]);
    // A new file is all zeros, and never was anything else.
    command.args(["-E", "nodiscard,lazy_itable_init=0,assume_storage_prezeroed=1,num_backup_sb=0"]);
    let made = tool::run(command.arg(path), "e2fsprogs").await;
    if made.is_err() {
        let _ = std::fs::remove_file(path);
    }
    made.map(drop)
}
