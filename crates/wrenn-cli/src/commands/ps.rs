//! `wrenn ps`: the processes of capsules.

use std::process::ExitCode;

use serde::Serialize;
use wrenn::{CapsuleStatus, Error, api::ProcessEntry};

use crate::{
    app::Global,
    connect,
    error::Result,
    output::{self, Table},
};

/// List the processes that were started in capsules
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning; all that run if not given
    capsule: Option<String>,
}

/// A process and where it runs.
#[derive(Serialize)]
struct Row {
    capsule: String,
    #[serde(flatten)]
    process: ProcessEntry,
}

/// Lists them.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let mut rows = Vec::new();
    match &args.capsule {
        Some(text) => {
            let capsule = connect::capsule(&client, text).await?;
            let id = capsule.id().to_owned();
            let row = |process| Row { capsule: id.clone(), process };
            rows.extend(capsule.commands().list().await?.into_iter().map(row));
        }
        None => {
            for info in client.capsules().list().status(CapsuleStatus::Running).await? {
                let id = info.id.to_string();
                match client.capsule(&id).commands().list().await {
                    Ok(list) => {
                        rows.extend(list.into_iter().map(|process| Row { capsule: id.clone(), process }));
                    }
                    // It ended or paused since the list was made.
                    Err(Error::NotFound(_) | Error::Conflict(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    if global.json {
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["CAPSULE", ">PID", "TAG", "COMMAND"]);
    for Row { capsule, process } in rows {
        let command = [vec![process.cmd], process.args].concat().join(" ");
        table.row([capsule, process.pid.to_string(), process.tag.unwrap_or_default(), command]);
    }
    table.print("no process runs")?;
    Ok(ExitCode::SUCCESS)
}
