//! `wrenn usage`: what was used by day.

use std::process::ExitCode;

use crate::{
    app::Global,
    connect,
    error::Result,
    output::{self, Table},
};

/// Show what was used by day: processors and memory of running capsules, times the minutes that they ran
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The first day, as in 2026-01-31; 30 days ago if not given
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// The last day; today if not given
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
}

/// Prints it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let usage = connect::client(global)?.capsules().usage(args.from.as_deref(), args.to.as_deref()).await?;
    if global.json {
        output::json(&usage)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["DAY", ">PROCESSOR MINUTES", ">MEMORY GIB MINUTES"]);
    for day in usage.points {
        table.row([
            day.date,
            format!("{:.1}", day.cpu_minutes),
            format!("{:.1}", day.ram_mb_minutes / 1024.0),
        ]);
    }
    table.print(&format!("nothing was used from {} to {}", usage.from, usage.to))?;
    Ok(ExitCode::SUCCESS)
}
