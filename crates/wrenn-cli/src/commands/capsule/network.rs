//! `wrenn capsule network`, and the options about the network that other commands have.

use std::process::ExitCode;

use wrenn::api::NetworkPolicy;

use crate::{app::Global, connect, error::Result, output};

/// Show or change what a capsule may reach
///
/// Without options shows it. With any of them puts a new policy in the place of the old one; connections that it does not
/// allow end.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    #[command(flatten)]
    rules: Rules,
    /// Let it reach the internet again, without any rule
    #[arg(long, conflicts_with_all = ["no_internet", "allow_out", "deny_out"])]
    open: bool,
}

/// What a capsule may reach.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Rules {
    /// Let it reach only what --allow-out names
    #[arg(long)]
    no_internet: bool,
    /// Let it reach an address, a range, a domain or `*.domain`; may be given several times
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    allow_out: Vec<String>,
    /// Keep it from reaching these, unless --allow-out names them
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    deny_out: Vec<String>,
}

impl Rules {
    /// The policy, if anything is said about it.
    pub(crate) fn policy(self) -> Option<NetworkPolicy> {
        let said = self.no_internet || !self.allow_out.is_empty() || !self.deny_out.is_empty();
        said.then_some(NetworkPolicy {
            allow_internet: !self.no_internet,
            allow_out: self.allow_out,
            deny_out: self.deny_out,
        })
    }
}

/// Shows or changes it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let capsule = connect::capsule(&client, &args.capsule).await?;
    let policy = match args.rules.policy().or_else(|| args.open.then(NetworkPolicy::default)) {
        Some(policy) => capsule.set_network(policy).await?,
        None => capsule.network().await?,
    };
    if global.json {
        output::json(&policy)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::line(format!("internet  {}", if policy.allow_internet { "allowed" } else { "denied" }))?;
    for (name, list) in [("allowed", &policy.allow_out), ("denied", &policy.deny_out)] {
        for entry in list {
            output::line(format!("{name:<10}{entry}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
