//! Addresses, the same in every guest: a snapshot fits into any slot of the network.

use std::net::Ipv4Addr;

/// The guest's own address.
pub const GUEST_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 127, 2);

/// The host's end of the guest's link: the address of `vm0` in the slot.
pub const GATEWAY_ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 127, 1);

/// The length of the network's prefix on that link.
pub const PREFIX_LENGTH: u8 = 24;

/// Who resolves names, reached through the gateway.
pub const DNS_ADDRESS: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 53);
