//! The machine's network: the same addresses in every machine.
#![expect(unsafe_code, reason = "interfaces are configured by ioctls")]

use std::{
    fs, io, mem,
    net::Ipv4Addr,
    os::fd::{AsRawFd as _, OwnedFd},
    path::Path,
};

use rustix::net::{AddressFamily, SocketType, socket};
use wrenn_agent_proto::machine::{GATEWAY_ADDRESS, GUEST_ADDRESS, network_mask};

const LINK: &[u8] = b"eth0";

pub(super) fn bring_loopback_up() -> io::Result<()> {
    bring_up(&any_socket()?, b"lo")
}

/// Configures the link to the world; whether there is one.
pub(super) fn bring_link_up() -> io::Result<bool> {
    if !Path::new("/sys/class/net/eth0").exists() {
        return Ok(false);
    }
    fs::write("/proc/sys/net/ipv6/conf/eth0/disable_ipv6", "1")?;
    let socket = any_socket()?;
    for (request, address) in [(libc::SIOCSIFADDR, GUEST_ADDRESS), (libc::SIOCSIFNETMASK, network_mask())] {
        let mut change = interface(LINK);
        change.ifr_ifru.ifru_addr = address_of(address);
        control(&socket, request, &mut change)?;
    }
    bring_up(&socket, LINK)?;
    // SAFETY: all zeros are a valid route: to everywhere, by no device in particular.
    let mut route: libc::rtentry = unsafe { mem::zeroed() };
    route.rt_dst = address_of(Ipv4Addr::UNSPECIFIED);
    route.rt_genmask = address_of(Ipv4Addr::UNSPECIFIED);
    route.rt_gateway = address_of(GATEWAY_ADDRESS);
    route.rt_flags = libc::RTF_UP | libc::RTF_GATEWAY;
    control(&socket, libc::SIOCADDRT, &mut route)?;
    Ok(true)
}

/// After a restore the gateway is another machine's, with another hardware address.
pub(crate) fn forget_gateway() {
    // SAFETY: all zeros are a valid request.
    let mut entry: libc::arpreq = unsafe { mem::zeroed() };
    entry.arp_pa = address_of(GATEWAY_ADDRESS);
    for (to, from) in entry.arp_dev.iter_mut().zip(LINK) {
        *to = from.cast_signed();
    }
    // There may be nothing to forget.
    if let Ok(socket) = any_socket() {
        control(&socket, libc::SIOCDARP, &mut entry).ok();
    }
}

fn bring_up(socket: &OwnedFd, name: &[u8]) -> io::Result<()> {
    let mut change = interface(name);
    change.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    control(socket, libc::SIOCSIFFLAGS, &mut change)
}

fn any_socket() -> io::Result<OwnedFd> {
    Ok(socket(AddressFamily::INET, SocketType::DGRAM, None)?)
}

fn interface(name: &[u8]) -> libc::ifreq {
    // SAFETY: all zeros are a valid request.
    let mut request: libc::ifreq = unsafe { mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(name) {
        *to = from.cast_signed();
    }
    request
}

/// As of the internet's family: a port of no meaning here, and the address.
fn address_of(address: Ipv4Addr) -> libc::sockaddr {
    let mut data = [0; 14];
    for (to, from) in data[2..].iter_mut().zip(address.octets()) {
        *to = from.cast_signed();
    }
    libc::sockaddr { sa_family: libc::AF_INET as libc::sa_family_t, sa_data: data }
}

/// `T` is what the request wants.
fn control<T>(socket: &OwnedFd, request: libc::c_ulong, argument: &mut T) -> io::Result<()> {
    // SAFETY: the argument is a whole structure of the kind that the request takes, with names that end in a zero.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), request, argument as *mut T) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
