//! The addresses of capsules.

use std::{fmt, net::Ipv4Addr, str::FromStr};

use ipnet::Ipv4Net;

/// Where capsules have their addresses unless told otherwise.
pub const DEFAULT_RANGE: &str = "10.213.0.0/16";

/// A range of addresses, two for each capsule: the even one is the machine's, the odd one the capsule's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range(Ipv4Net);

/// A text that is no range of addresses for capsules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no private IPv4 range of /8 to /30, as in {DEFAULT_RANGE}")]
pub struct RangeError(String);

/// The two addresses of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) host: Ipv4Addr,
    pub(crate) guest: Ipv4Addr,
}

impl Pair {
    /// The pair that the capsule's address belongs to.
    pub(crate) fn of_guest(guest: Ipv4Addr) -> Self {
        Self { host: Ipv4Addr::from(u32::from(guest) & !1), guest }
    }

    /// The name of the machine's end of the link, which no other pair of the machine has.
    pub(crate) fn link_name(self) -> String {
        format!("{PREFIX}{:08x}", u32::from(self.guest))
    }
}

/// What the names of all our links begin with.
pub(crate) const PREFIX: &str = "wrn";

impl Range {
    /// The range as a network.
    pub fn network(self) -> Ipv4Net {
        self.0
    }

    /// How many slots there can be.
    pub(crate) fn slots(self) -> u32 {
        1 << (31 - self.0.prefix_len())
    }

    /// The addresses of one slot.
    pub(crate) fn pair(self, number: u32) -> Pair {
        let host = u32::from(self.0.network()) + 2 * (number % self.slots());
        Pair { host: host.into(), guest: (host + 1).into() }
    }
}

impl FromStr for Range {
    type Err = RangeError;

    fn from_str(text: &str) -> Result<Self, RangeError> {
        let fault = || RangeError(text.to_owned());
        let network: Ipv4Net = text.parse().map_err(|_| fault())?;
        let network = network.trunc();
        let address = network.network();
        // What is no private address could be somebody's on the internet, and then nobody here would reach it.
        let usable = address.is_private() || address.octets()[0] == 100 && address.octets()[1] & 0xc0 == 64;
        if usable && (8..=30).contains(&network.prefix_len()) { Ok(Self(network)) } else { Err(fault()) }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_has_its_pair_and_its_name() {
        let range: Range = DEFAULT_RANGE.parse().unwrap();
        assert_eq!(range.slots(), 32_768);
        let pair = range.pair(3);
        assert_eq!((pair.host, pair.guest), ("10.213.0.6".parse().unwrap(), "10.213.0.7".parse().unwrap()));
        assert_eq!(pair.link_name(), "wrn0ad50007");
        assert_eq!(Pair::of_guest(pair.guest), pair);
        assert_eq!(range.pair(32_768), range.pair(0));
        assert_eq!(range.pair(32_767).guest, Ipv4Addr::new(10, 213, 255, 255));
    }

    #[test]
    fn only_private_ranges_of_a_sensible_size_are_taken() {
        for fine in ["10.0.0.0/8", "192.168.7.0/24", "172.20.5.0/30", "100.64.0.0/10"] {
            fine.parse::<Range>().unwrap();
        }
        for wrong in ["", "10.0.0.0", "8.8.0.0/16", "10.0.0.0/31", "10.0.0.0/7", "::/64", "10.213.0.0/33"] {
            assert!(wrong.parse::<Range>().unwrap_err().to_string().contains("10.213.0.0/16"));
        }
    }
}
