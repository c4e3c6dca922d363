//! Fresh randomness: what two restores of one snapshot must not share.
#![expect(unsafe_code, reason = "the kernel's pool is fed by ioctls")]

use std::{
    ffi::{c_int, c_ulong},
    fs::File,
    io,
    os::fd::AsRawFd as _,
};

/// The most bytes that are taken at once.
pub(crate) const MOST: usize = 512;

/// `_IOW('R', 0x03, int[2])`: mix in, and count as random.
const ADD: c_ulong = 0x4008_5203;
/// `_IO('R', 0x07)`: seed the generators of all processors anew.
const RESEED: c_ulong = 0x5207;

#[repr(C)]
struct PoolInfo {
    /// How many random bits there are in it.
    bits: c_int,
    size: c_int,
    bytes: [u8; MOST],
}

/// Mixes the bytes into the kernel's pool, all of them counted as random, and has every generator begin anew from it.
pub(crate) fn add(bytes: &[u8]) -> io::Result<()> {
    let bytes = &bytes[..bytes.len().min(MOST)];
    let size = c_int::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut info = PoolInfo { bits: size * 8, size, bytes: [0; MOST] };
    info.bytes[..bytes.len()].copy_from_slice(bytes);
    let pool = File::open("/dev/urandom")?;
    // SAFETY: the structure is the one that the request takes, and holds as many bytes as it says.
    check(unsafe { libc::ioctl(pool.as_raw_fd(), ADD, &raw const info) })?;
    // SAFETY: the request takes no argument.
    check(unsafe { libc::ioctl(pool.as_raw_fd(), RESEED) })
}

fn check(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
