//! How capsules are connected.

use std::net::{IpAddr, SocketAddr};

use clap::ValueEnum;
use ipnet::Ipv4Net;
use wrenn_network::{DEFAULT_RANGE, NetworkConfig, Networks, Range};

use crate::error::{CliError, Result};

/// What can be said about the network of capsules.
#[derive(Debug, clap::Args)]
pub(crate) struct NetworkArgs {
    /// How capsules are connected
    #[arg(long, value_enum, env = "WRENN_NETWORK", hide_env_values = true, default_value = "nat")]
    network: Mode,
    /// The addresses of capsules, which nothing else of the machine may use
    #[arg(
        long,
        value_name = "CIDR",
        env = "WRENN_NETWORK_RANGE",
        hide_env_values = true,
        default_value = DEFAULT_RANGE
    )]
    pub(crate) network_range: Range,
    /// How many networks are kept ready, so that creation need not wait for one
    #[arg(
        long,
        value_name = "COUNT",
        env = "WRENN_NETWORK_POOL",
        hide_env_values = true,
        default_value_t = NetworkConfig::DEFAULT_POOL
    )]
    network_pool: usize,
    /// A private range that capsules may reach, which they otherwise never do; may be given several times
    #[arg(
        long,
        value_name = "CIDR",
        env = "WRENN_ALLOW_PRIVATE_NETWORK",
        hide_env_values = true,
        value_delimiter = ','
    )]
    allow_private_network: Vec<Ipv4Net>,
    /// A resolver to ask for names in place of the machine's own; may be given several times
    #[arg(
        long,
        value_name = "ADDRESS[:PORT]",
        env = "WRENN_DNS",
        hide_env_values = true,
        value_delimiter = ',',
        value_parser = resolver
    )]
    dns: Vec<SocketAddr>,
}

/// How capsules are connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// To the internet, by the machine's address
    Nat,
    /// Not at all
    None,
}

impl NetworkArgs {
    /// Prepares the network.
    pub(crate) async fn open(&self) -> Result<Networks> {
        if self.network == Mode::None {
            return Ok(Networks::isolated());
        }
        let config = NetworkConfig {
            range: self.network_range,
            pool: self.network_pool,
            allowed_private: self.allow_private_network.clone(),
            resolvers: self.dns.clone(),
            registry: NetworkConfig::DEFAULT_REGISTRY.into(),
        };
        Networks::open(config).await.map_err(|error| {
            CliError::caused(error)
                .context("cannot connect capsules to the network".to_owned())
                .hint("`wrenn doctor` says what is missing; `--network none` runs capsules without a network")
        })
    }
}

/// An address, whose port is the usual one unless it is given.
fn resolver(text: &str) -> std::result::Result<SocketAddr, String> {
    let address = text.parse::<IpAddr>().map(|address| SocketAddr::new(address, 53));
    address
        .or_else(|_| text.parse())
        .map_err(|_| "give an address as in 9.9.9.9 or 127.0.0.1:5353".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_is_an_address_with_or_without_a_port() {
        assert_eq!(resolver("9.9.9.9"), Ok("9.9.9.9:53".parse().unwrap()));
        assert_eq!(resolver("127.0.0.1:5353"), Ok("127.0.0.1:5353".parse().unwrap()));
        assert_eq!(resolver("::1"), Ok("[::1]:53".parse().unwrap()));
        resolver("dns.example.com").unwrap_err();
    }
}
