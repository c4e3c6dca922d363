//! The capsule's network namespace, set up from outside.
#![expect(unsafe_code, reason = "interface flags are set by an ioctl")]

use std::{fs, fs::File, os::fd::AsRawFd};

use rustix::{
    net::{AddressFamily, SocketType, socket},
    thread::{LinkNameSpaceType, move_into_link_name_space},
};

use super::user_namespace::IDS;
use crate::error::{Error, Result};

/// Brings loopback up in the network namespace of the process `pid`, and lets all of the capsule's groups send pings.
/// The calling thread is in that namespace afterwards, for good.
pub(super) fn bring_up(pid: i32, first_id: u32) -> Result<()> {
    let path = format!("/proc/{pid}/ns/net");
    let namespace = File::open(&path).map_err(Error::file("open", &path))?;
    move_into_link_name_space(std::os::fd::AsFd::as_fd(&namespace), Some(LinkNameSpaceType::Network))
        .map_err(Error::system("enter the capsule's network namespace"))?;
    bring_loopback_up().map_err(Error::system("bring the capsule's loopback interface up"))?;
    let range = "/proc/sys/net/ipv4/ping_group_range";
    fs::write(range, format!("{first_id} {}", first_id + (IDS - 1))).map_err(Error::file("write", range))
}

fn bring_loopback_up() -> std::io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    // SAFETY: all zeros are a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(c"lo".to_bytes()) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request is a whole `ifreq` with a name that ends in a zero.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
