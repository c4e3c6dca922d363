//! The network device of a machine: `vm0`, a tap device in the network namespace of its slot.
#![expect(unsafe_code, reason = "interfaces are made and set up by ioctls")]

use std::{
    fs::OpenOptions,
    io,
    os::fd::{AsFd, AsRawFd, OwnedFd},
};

use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, send, socket, socket_with};

use super::guest::{GATEWAY_ADDRESS, network_mask};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
};

/// The device's name in the slot.
const NAME: &std::ffi::CStr = c"vm0";
const DEVICE: &str = "/dev/net/tun";

/// Makes the device in `network`, not yet up. It lasts as long as the descriptor.
pub(super) fn make(network: &NetworkNamespace) -> Result<OwnedFd> {
    network.run(|| {
        let file = OpenOptions::new().read(true).write(true).open(DEVICE);
        let file = OwnedFd::from(file.map_err(Error::file("open", DEVICE))?);
        let mut request = request();
        let flags = libc::IFF_TAP | libc::IFF_NO_PI | libc::IFF_VNET_HDR;
        request.ifr_ifru.ifru_flags = flags as libc::c_short;
        ioctl(&file, libc::TUNSETIFF, &mut request).map_err(Error::system("make a tap device"))?;
        Ok(file)
    })?
}

/// Moves the device from the namespace `from` into `to`.
pub(super) fn transfer(from: &NetworkNamespace, to: &NetworkNamespace) -> Result<()> {
    let failed = Error::system("move a tap device into the capsule's network");
    from.run(|| transfer_from_here(to)).and_then(|moved| moved.map_err(failed))
}

/// Gives the device in `network` its address and brings it up.
pub(super) fn bring_up(network: &NetworkNamespace) -> Result<()> {
    let failed = Error::system("bring the capsule's tap device up");
    network.run(bring_up_here).and_then(|done| done.map_err(failed))
}

fn bring_up_here() -> io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    for (code, address) in [(libc::SIOCSIFADDR, GATEWAY_ADDRESS), (libc::SIOCSIFNETMASK, network_mask())] {
        let mut request = request();
        // SAFETY: all zeros are a valid address, and a `sockaddr_in` fits into a `sockaddr`.
        unsafe {
            let mut inner: libc::sockaddr_in = std::mem::zeroed();
            inner.sin_family = libc::AF_INET as libc::sa_family_t;
            inner.sin_addr.s_addr = u32::from(address).to_be();
            request.ifr_ifru.ifru_addr = std::mem::transmute::<libc::sockaddr_in, libc::sockaddr>(inner);
        }
        ioctl(&socket, code, &mut request)?;
    }
    let mut request = request();
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    ioctl(&socket, libc::SIOCSIFFLAGS, &mut request)
}

/// By a message of netlink: `RTM_NEWLINK` for the device, with the attribute of its new namespace.
fn transfer_from_here(to: &NetworkNamespace) -> io::Result<()> {
    const LENGTH: u32 = 16 + 16 + 8;
    // SAFETY: the name ends in a zero.
    let index = unsafe { libc::if_nametoindex(NAME.as_ptr()) };
    if index == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut message = Vec::with_capacity(LENGTH as usize);
    message.extend(LENGTH.to_ne_bytes());
    message.extend(libc::RTM_NEWLINK.to_ne_bytes());
    message.extend(((libc::NLM_F_REQUEST | libc::NLM_F_ACK) as u16).to_ne_bytes());
    // Sequence number and port.
    message.extend([0; 8]);
    // Family, padding, type; index; flags; which flags.
    message.extend([0; 4]);
    message.extend(index.to_ne_bytes());
    message.extend([0; 8]);
    message.extend(8_u16.to_ne_bytes());
    message.extend(libc::IFLA_NET_NS_FD.to_ne_bytes());
    message.extend(to.as_fd().as_raw_fd().to_ne_bytes());

    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::RAW, rustix::net::SocketFlags::CLOEXEC, None)?;
    send(&socket, &message, SendFlags::empty())?;
    let mut answer = [0_u8; 1024];
    let (length, _) = recv(&socket, &mut answer, RecvFlags::empty())?;
    // The acknowledgement is an error message with the number of the error, or zero.
    let code = answer[..length].get(16..20).and_then(|code| code.try_into().ok()).map(i32::from_ne_bytes);
    match code {
        Some(0) => Ok(()),
        Some(code) => Err(io::Error::from_raw_os_error(-code)),
        None => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn request() -> libc::ifreq {
    // SAFETY: all zeros are a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(NAME.to_bytes()) {
        *to = from.cast_signed();
    }
    request
}

fn ioctl(file: &impl AsRawFd, code: libc::c_ulong, request: &mut libc::ifreq) -> io::Result<()> {
    // SAFETY: the request is a whole `ifreq` with a name that ends in a zero.
    let result = unsafe { libc::ioctl(file.as_raw_fd(), code as libc::Ioctl, &raw mut *request) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_made_aside_and_moved_into_its_slot() {
        let (lobby, slot) = (NetworkNamespace::empty().unwrap(), NetworkNamespace::empty().unwrap());
        let there = |network: &NetworkNamespace| {
            network
                .run(|| std::fs::read_to_string("/proc/thread-self/net/dev").unwrap())
                .unwrap()
                .contains("vm0")
        };
        let device = make(&lobby).unwrap();
        assert!(there(&lobby));
        transfer(&lobby, &slot).unwrap();
        bring_up(&slot).unwrap();
        assert!(there(&slot) && !there(&lobby));
        let routes = slot.run(|| std::fs::read_to_string("/proc/thread-self/net/route").unwrap()).unwrap();
        assert!(routes.contains("vm0\t007FA8C0"), "{routes}");
        drop(device);
        assert!(!there(&slot));
        transfer(&lobby, &slot).unwrap_err();
    }
}
