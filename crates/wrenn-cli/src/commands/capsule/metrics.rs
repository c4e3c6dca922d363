//! `wrenn capsule metrics`.

use std::process::ExitCode;

use wrenn::{MetricsRange, api::Timestamp};

use crate::{
    app::Global,
    connect,
    error::Result,
    output::{self, Table},
};

/// The most rows for a person; --json has every point.
const MOST_ROWS: usize = 20;

/// Show what a capsule used
///
/// Processor time is in percent of one processor. For people the newest points are shown; --json has all.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    /// How far back: 5m, 10m, 1h, 2h, 6h, 12h or 24h
    #[arg(long, default_value = "10m", value_name = "RANGE")]
    range: MetricsRange,
}

/// Shows it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let metrics = connect::capsule(&client, &args.capsule).await?.metrics(args.range).await?;
    if global.json {
        output::json(&metrics)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["TIME", ">PROCESSOR", ">MEMORY", ">DISK", ">RECEIVED", ">SENT"]);
    for point in &metrics.points[metrics.points.len().saturating_sub(MOST_ROWS)..] {
        table.row([
            Timestamp::from_unix_ms(point.timestamp_unix.saturating_mul(1000)).to_string(),
            format!("{:.1} %", point.cpu_pct),
            output::bytes(point.mem_bytes),
            output::bytes(point.disk_bytes),
            output::bytes(point.net_rx_bytes),
            output::bytes(point.net_tx_bytes),
        ]);
    }
    table.print("nothing was measured in that time")?;
    Ok(ExitCode::SUCCESS)
}
