//! What a capsule may reach.

mod domain;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    net::{Ipv4Addr, Ipv6Addr},
};

use ipnet::Ipv4Net;
use wrenn_api::NetworkPolicy;

pub(crate) use domain::Domain;

/// The most entries of each list.
const MAX_ENTRIES: usize = 256;

/// A checked policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Whether what no entry speaks of is allowed.
    pub(crate) open: bool,
    pub(crate) allow: Entries,
    pub(crate) deny: Entries,
}

/// One list of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Entries {
    pub(crate) networks: Vec<Ipv4Net>,
    pub(crate) domains: Vec<Domain>,
}

/// A policy that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// An entry is nothing that we know.
    #[error("change `{entry}` in `{list}` to an address, a CIDR range, a domain name or `*.domain`")]
    Entry {
        /// `allow_out` or `deny_out`.
        list: &'static str,
        /// The entry.
        entry: String,
    },
    /// An entry allows IPv6.
    #[error("remove `{entry}` from `allow_out`: capsules have IPv4 only, and IPv6 is always refused")]
    Ipv6 {
        /// The entry.
        entry: String,
    },
    /// A list is too long.
    #[error("give `{list}` at most {MAX_ENTRIES} entries")]
    TooMany {
        /// `allow_out` or `deny_out`.
        list: &'static str,
    },
}

/// What is to be done with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameVerdict {
    /// It may be looked up.
    Open,
    /// It may be looked up, and its addresses may be reached because of it.
    Allowed,
    /// It does not exist for the capsule.
    Denied,
}

impl Default for Policy {
    fn default() -> Self {
        Self { open: true, allow: Entries::default(), deny: Entries::default() }
    }
}

impl TryFrom<&NetworkPolicy> for Policy {
    type Error = InvalidPolicy;

    fn try_from(policy: &NetworkPolicy) -> Result<Self, InvalidPolicy> {
        let allow = Entries::parse("allow_out", &policy.allow_out)?;
        let mut deny = Entries::parse("deny_out", &policy.deny_out)?;
        let everything = deny.networks.iter().any(|network| network.prefix_len() == 0);
        deny.networks.retain(|network| network.prefix_len() > 0);
        Ok(Self { open: policy.allow_internet && !everything, allow, deny })
    }
}

impl Policy {
    /// Whether it is the one that slots are prepared with.
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What is to be done with a name: what is allowed wins over what is denied.
    pub(crate) fn name(&self, name: &str) -> NameVerdict {
        let matches = |entries: &Entries| entries.domains.iter().any(|domain| domain.matches(name));
        if matches(&self.allow) {
            NameVerdict::Allowed
        } else if matches(&self.deny) || !self.open {
            NameVerdict::Denied
        } else {
            NameVerdict::Open
        }
    }

    /// A number that connections are marked with which this policy let through; never 0. The same policy has the same
    /// one after a restart of the server.
    pub(crate) fn mark(&self) -> u32 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        let hash = hasher.finish();
        ((hash ^ (hash >> 32)) as u32) | 1
    }
}

impl Entries {
    fn parse(list: &'static str, texts: &[String]) -> Result<Self, InvalidPolicy> {
        if texts.len() > MAX_ENTRIES {
            return Err(InvalidPolicy::TooMany { list });
        }
        let mut entries = Self::default();
        for text in texts {
            let entry = text.trim();
            if let Ok(address) = entry.parse::<Ipv4Addr>() {
                entries.networks.push(Ipv4Net::from(address));
            } else if let Ok(network) = entry.parse::<Ipv4Net>() {
                entries.networks.push(network.trunc());
            } else if entry.parse::<ipnet::Ipv6Net>().is_ok() || entry.parse::<Ipv6Addr>().is_ok() {
                // To deny what is always refused changes nothing.
                if list == "allow_out" {
                    return Err(InvalidPolicy::Ipv6 { entry: entry.to_owned() });
                }
            } else if let Some(domain) = Domain::parse(entry) {
                entries.domains.push(domain);
            } else {
                return Err(InvalidPolicy::Entry { list, entry: text.clone() });
            }
        }
        // Sets of the kernel take no ranges that overlap.
        entries.networks = Ipv4Net::aggregate(&entries.networks);
        Ok(entries)
    }

    /// The names that stand for themselves only.
    pub(crate) fn exact_names(&self) -> impl Iterator<Item = &str> {
        self.domains.iter().filter_map(Domain::exact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(open: bool, allow: &[&str], deny: &[&str]) -> Result<Policy, InvalidPolicy> {
        let list = |list: &[&str]| list.iter().map(|&entry| entry.to_owned()).collect();
        Policy::try_from(&NetworkPolicy {
            allow_internet: open,
            allow_out: list(allow),
            deny_out: list(deny),
        })
    }

    #[test]
    fn every_kind_of_entry_is_read_and_ranges_do_not_overlap() {
        let policy =
            policy(true, &["1.2.3.4", "1.2.3.0/24", "Example.COM.", "*.example.org"], &["9.9.9.9/8", "::/0"]);
        let policy = policy.unwrap();
        assert_eq!(policy.allow.networks, ["1.2.3.0/24".parse().unwrap()]);
        assert_eq!(policy.deny.networks, ["9.0.0.0/8".parse().unwrap()]);
        assert_eq!(policy.allow.exact_names().collect::<Vec<_>>(), ["example.com"]);
    }

    #[test]
    fn what_cannot_be_kept_is_refused_by_name() {
        for wrong in
            ["", "1.2.3", "1.2.3.4.5", "exa mple.com", "*", "a.*.com", "http://a.com", "1.2.3.4:80", "-a.com"]
        {
            let error = policy(true, &[], &[wrong]).expect_err(wrong).to_string();
            assert!(error.contains("deny_out"), "{error}");
        }
        assert!(matches!(policy(true, &["2001:db8::1"], &[]), Err(InvalidPolicy::Ipv6 { .. })));
        let many = vec!["a.com"; MAX_ENTRIES + 1];
        assert_eq!(policy(true, &many, &[]), Err(InvalidPolicy::TooMany { list: "allow_out" }));
    }

    #[test]
    fn allowed_names_win_over_denied_ones_and_both_over_the_rest() {
        let policy = policy(true, &["good.bad.com"], &["*.bad.com", "bad.com"]).unwrap();
        assert_eq!(policy.name("good.bad.com"), NameVerdict::Allowed);
        assert_eq!(policy.name("other.bad.com"), NameVerdict::Denied);
        assert_eq!(policy.name("bad.com"), NameVerdict::Denied);
        assert_eq!(policy.name("else.com"), NameVerdict::Open);
    }

    #[test]
    fn denying_every_address_is_the_same_as_no_internet() {
        let denied = policy(true, &["a.com"], &["0.0.0.0/0"]).unwrap();
        assert_eq!(denied, policy(false, &["a.com"], &[]).unwrap());
        assert_eq!(denied.name("b.com"), NameVerdict::Denied);
        assert!(policy(true, &[], &[]).unwrap().is_default());
        assert_ne!(denied.mark(), Policy::default().mark());
        assert_ne!(denied.mark(), 0);
    }
}
