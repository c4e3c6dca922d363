//! The addresses that no capsule reaches, whatever its policy, unless the operator allows them.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

/// Private, shared, local, link-local with the metadata services of clouds, reserved, multicast, and those of examples.
const RANGES: [([u8; 4], u8); 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    // Multicast, reserved, broadcast.
    ([224, 0, 0, 0], 3),
];

/// All of them.
pub(crate) fn ranges() -> Vec<Ipv4Net> {
    RANGES.iter().filter_map(|&(address, len)| Ipv4Net::new(address.into(), len).ok()).collect()
}

/// Whether an address is one of them, and the operator does not allow it.
pub(crate) fn is_blocked(address: Ipv4Addr, allowed: &[Ipv4Net]) -> bool {
    ranges().iter().any(|range| range.contains(&address))
        && !allowed.iter().any(|range| range.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_local_addresses_are_blocked_and_public_ones_are_not() {
        for blocked in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.251",
            "255.255.255.255",
            "240.0.0.1",
        ] {
            assert!(is_blocked(blocked.parse().unwrap(), &[]), "{blocked}");
        }
        for open in ["1.1.1.1", "100.128.0.1", "172.32.0.1", "169.253.1.1", "223.255.255.255", "192.167.1.1"]
        {
            assert!(!is_blocked(open.parse().unwrap(), &[]), "{open}");
        }
        assert_eq!(ranges().len(), RANGES.len());
    }

    #[test]
    fn the_operator_opens_what_is_named_and_no_more() {
        let allowed = ["10.1.0.0/16".parse().unwrap()];
        assert!(!is_blocked("10.1.2.3".parse().unwrap(), &allowed));
        assert!(is_blocked("10.2.2.3".parse().unwrap(), &allowed));
    }
}
