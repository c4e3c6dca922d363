//! What can be said about a server: by flag, else by environment, else a default.

use std::net::SocketAddr;

use clap::ValueEnum;

/// Start the server
///
/// Runs until Ctrl-C or SIGTERM; capsules go on then, and the next server takes them over. The first start makes an API
/// key, which the other commands on this machine find by themselves.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The address to listen on
    #[arg(
        long,
        value_name = "ADDRESS:PORT",
        env = "WRENN_LISTEN",
        hide_env_values = true,
        default_value = "127.0.0.1:8080"
    )]
    pub(crate) listen: SocketAddr,
    /// How capsules are isolated; of several the first is for those that do not ask for one
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        env = "WRENN_RUNTIME",
        hide_env_values = true,
        default_value = "auto"
    )]
    pub(crate) runtime: Vec<RuntimeName>,
    /// Where clients reach the server, when that is not the address that it listens on
    #[arg(long, value_name = "URL", env = "WRENN_PUBLIC_URL", hide_env_values = true)]
    pub(crate) public_url: Option<String>,
    /// The domain below which hosts name ports of capsules, as in 8000-cl-….DOMAIN; any host of that form if not given
    #[arg(
        long,
        value_name = "DOMAIN",
        env = "WRENN_DOMAIN",
        hide_env_values = true,
        value_parser = domain
    )]
    pub(crate) domain: Option<String>,
    /// The most capsules that run or are paused at a time
    #[arg(
        long,
        value_name = "COUNT",
        env = "WRENN_MAX_CAPSULES",
        hide_env_values = true,
        default_value = "1000"
    )]
    pub(crate) max_capsules: usize,
    #[command(flatten)]
    pub(crate) network: super::network::NetworkArgs,
    /// The largest file that can be uploaded
    #[arg(
        long,
        value_name = "MIB",
        env = "WRENN_MAX_UPLOAD_MIB",
        hide_env_values = true,
        default_value = "65536"
    )]
    pub(crate) max_upload_mib: u64,
    /// What to log, as in `info` or `wrenn_server=debug,warn`
    #[arg(long, value_name = "FILTER", env = "WRENN_LOG", hide_env_values = true, default_value = "info")]
    pub(crate) log: String,
    /// How to log
    #[arg(long, value_enum, env = "WRENN_LOG_FORMAT", hide_env_values = true, default_value = "text")]
    pub(crate) log_format: LogFormat,
}

/// What isolates capsules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum RuntimeName {
    /// All that this machine can do, the best first
    Auto,
    /// Namespaces and control groups
    Container,
    /// A virtual machine for each, in software emulation where the processor cannot run it
    Microvm,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Lines for people
    Text,
    /// A JSON document a line
    Json,
}

impl Args {
    /// The largest upload in bytes.
    pub(crate) fn max_upload_bytes(&self) -> u64 {
        self.max_upload_mib.saturating_mul(1024 * 1024)
    }
}

/// A host name alone.
fn domain(text: &str) -> Result<String, String> {
    let name = text.trim_start_matches("*.").trim_matches('.').to_ascii_lowercase();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    if name.is_empty() || !name.bytes().all(legal) {
        return Err("write a host name alone, as in wrenn.example".to_owned());
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_a_host_name_alone() {
        for text in ["wrenn.example", "Wrenn.Example.", "*.wrenn.example"] {
            assert_eq!(domain(text).as_deref(), Ok("wrenn.example"), "{text}");
        }
        for text in ["", "http://wrenn.example", "wrenn.example:80", "a b", "wrenn.example/"] {
            assert!(domain(text).is_err(), "{text}");
        }
    }
}
