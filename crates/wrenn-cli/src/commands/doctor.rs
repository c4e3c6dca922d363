//! `wrenn doctor`: what this machine can and cannot do.

use std::process::ExitCode;

use wrenn_runtime::doctor::{Status, examine};

use crate::{app::Global, error::Result, output};

/// Find out what this machine can and cannot do
///
/// Looks at everything that a server needs, changes nothing, and says what to do about each lack. Ends with 1 when no
/// capsule can run here.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The addresses that capsules are to have
    #[arg(
        long,
        value_name = "CIDR",
        env = "WRENN_NETWORK_RANGE",
        hide_env_values = true,
        default_value = wrenn_network::DEFAULT_RANGE
    )]
    network_range: wrenn_network::Range,
}

/// Looks and tells.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut checks = examine(&global.data_dir()).await;
    checks.extend(wrenn_network::doctor::examine(args.network_range).await);
    let able = checks.iter().all(|check| check.status != Status::Bad);
    if global.json {
        output::json(&checks)?;
        return Ok(if able { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let width = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or_default();
    for check in &checks {
        let sign = match check.status {
            Status::Good => "ok  ",
            Status::Warning => "note",
            Status::Bad => "BAD ",
        };
        output::line(format!("{sign}  {:<width$}  {}", check.name, check.detail))?;
        if let Some(remedy) = &check.remedy {
            output::line(format!("      {:<width$}  -> {remedy}", ""))?;
        }
    }
    output::note(if able {
        "capsules can run on this machine"
    } else {
        "no capsule can run on this machine"
    });
    Ok(if able { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
