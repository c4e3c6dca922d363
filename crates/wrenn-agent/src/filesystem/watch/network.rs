//! Telling filesystems on which other machines make changes that this kernel never hears of.

use std::path::Path;

/// The kernel's numbers for NFS, SMB, CIFS, SMB2 and FUSE.
const KINDS: [u64; 5] = [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546];

/// Whether `path` lies on such a filesystem.
///
/// # Errors
/// When it cannot be asked.
pub(super) fn is_network(path: &Path) -> std::io::Result<bool> {
    let kind = rustix::fs::statfs(path)?.f_type;
    // The kernel's type is signed on some machines, and the numbers have 32 bits.
    Ok(KINDS.contains(&((kind as u64) & 0xffff_ffff)))
}
