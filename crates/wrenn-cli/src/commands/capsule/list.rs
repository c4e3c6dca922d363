//! `wrenn capsule list`.

use std::process::ExitCode;

use wrenn::CapsuleStatus;

use crate::{
    app::Global,
    commands::pairs::pair,
    connect,
    error::Result,
    output::{self, Table},
};

/// List capsules, the newest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those in this state; may be given several times
    #[arg(long, value_name = "STATUS")]
    status: Vec<CapsuleStatus>,
    /// Also those that have ended
    #[arg(short, long, conflicts_with = "status")]
    all: bool,
    /// Only those with this note; may be given several times
    #[arg(long = "metadata", value_name = "KEY=VALUE", value_parser = pair)]
    metadata: Vec<(String, String)>,
    /// The most to list
    #[arg(long, value_name = "COUNT")]
    limit: Option<u32>,
    /// Print ids only
    #[arg(short, long)]
    quiet: bool,
}

/// Lists them.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut list = connect::client(global)?.capsules().list();
    let all = if args.all { CapsuleStatus::ALL.to_vec() } else { Vec::new() };
    for status in args.status.into_iter().chain(all) {
        list = list.status(status);
    }
    for (key, value) in args.metadata {
        list = list.metadata(key, value);
    }
    if let Some(limit) = args.limit {
        list = list.limit(limit);
    }
    let capsules = list.await?;
    if global.json {
        output::json(&capsules)?;
    } else if args.quiet {
        for capsule in capsules {
            output::line(capsule.id.as_str())?;
        }
    } else {
        let mut table =
            Table::new(&["CAPSULE", "STATUS", "TEMPLATE", ">VCPUS", ">MEMORY MIB", "CREATED", "METADATA"]);
        for capsule in capsules {
            let notes: Vec<_> =
                capsule.metadata.iter().map(|(key, value)| format!("{key}={value}")).collect();
            table.row([
                capsule.id.to_string(),
                capsule.status.to_string(),
                capsule.template,
                capsule.vcpus.to_string(),
                capsule.memory_mb.to_string(),
                output::ago(capsule.created_at),
                notes.join(" "),
            ]);
        }
        table.print("there is no capsule; `wrenn capsule create` makes one")?;
    }
    Ok(ExitCode::SUCCESS)
}
