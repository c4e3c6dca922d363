//! From a kernel that has just started to a machine of a capsule.

use std::{fs::File, os::fd::OwnedFd};

use wrenn_agent_proto::machine::DNS_ADDRESS;

use super::{drives, error::BootError, modules, mounts, names, network, port, root, sysctl, told::Told};

/// A machine that is ready to serve.
#[derive(Debug)]
pub struct Machine {
    /// The agent's port.
    pub(super) port: File,
    /// The private disk's root directory, which is nowhere to be found inside.
    pub(super) private: OwnedFd,
}

/// Makes the machine. To be called first, by the only thread.
///
/// # Errors
/// When a device is missing or broken; there is no way on then.
pub fn boot() -> Result<Machine, BootError> {
    mounts::early()?;
    let told = Told::read()?;
    modules::load()?;
    sysctl::set_limits()?;
    let drives = drives::find(told.layers)?;
    let private = root::assemble(&drives)?;
    sysctl::set_kernel(told.threads);
    network::bring_loopback_up().map_err(BootError::at("bring the loopback interface up"))?;
    let is_connected = network::bring_link_up().map_err(BootError::at("bring the network interface up"))?;
    names::set_hostname(&told.hostname).map_err(BootError::at("set the host name"))?;
    if is_connected {
        names::set_resolver(DNS_ADDRESS).map_err(BootError::at("name the resolver of names"))?;
    }
    Ok(Machine { port: port::open()?, private })
}
