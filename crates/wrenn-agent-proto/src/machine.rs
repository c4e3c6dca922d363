//! What the agent, as process 1 of a virtual machine, and whoever starts the machine must agree on.

use std::net::Ipv4Addr;

/// The name of the virtio-serial port on which the agent answers.
pub const PORT_NAME: &str = "wrenn.agent";

/// The serial number of the private disk.
pub const PRIVATE_SERIAL: &str = "wrenn-private";

/// The serial number of the disk that holds layer `number` of a capsule's specification; 0 is the uppermost.
#[must_use]
pub fn layer_serial(number: usize) -> String {
    format!("wrenn-layer-{number}")
}

/// The guest's own address, the same in every guest: a snapshot fits into any slot of the network.
pub const GUEST_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 127, 2);

/// The host's end of the guest's link: the address of `vm0` in the slot.
pub const GATEWAY_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 127, 1);

/// The length of the network's prefix on that link.
pub const PREFIX_LENGTH: u8 = 24;

/// The mask of that length.
#[must_use]
pub fn network_mask() -> Ipv4Addr {
    Ipv4Addr::from(u32::MAX << (32 - u32::from(PREFIX_LENGTH)))
}

/// Who resolves names, reached through the gateway.
pub const DNS_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 53);

#[cfg(test)]
mod tests {
    use super::*;

    /// What a virtio disk can tell.
    const LONGEST: usize = 20;

    #[test]
    fn serial_numbers_fit() {
        assert!(layer_serial(999).len() <= LONGEST && PRIVATE_SERIAL.len() <= LONGEST);
    }

    #[test]
    fn both_ends_of_the_link_are_in_its_network() {
        let network = |address| Ipv4Addr::from(u32::from(address) & u32::from(network_mask()));
        assert_eq!(network(GUEST_ADDRESS), network(GATEWAY_ADDRESS));
        assert_ne!(network(GUEST_ADDRESS), network(DNS_ADDRESS));
    }
}
