//! `wrenn stats`: how many capsules run and ran.

use std::process::ExitCode;

use wrenn::StatsRange;

use crate::{
    app::Global,
    connect,
    error::Result,
    output::{self, Table},
};

/// Show how many capsules run and ran
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How far back: 5m, 1h, 6h, 24h or 30d
    #[arg(long, default_value = "1h", value_name = "RANGE")]
    range: StatsRange,
}

/// Prints them.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let stats = connect::client(global)?.capsules().stats(args.range).await?;
    if global.json {
        output::json(&stats)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["", ">NOW", ">MOST"]);
    let (now, peak) = (&stats.current, &stats.peaks);
    for (name, now, peak) in [
        ("running capsules", now.running_count, peak.running_count),
        ("their processors", now.vcpus_reserved, peak.vcpus),
        ("their memory, MiB", now.memory_mb_reserved, peak.memory_mb),
    ] {
        table.row([name.to_owned(), now.to_string(), peak.to_string()]);
    }
    table.print("")?;
    Ok(ExitCode::SUCCESS)
}
