//! `wrenn capsule info`.

use std::process::ExitCode;

use wrenn::api::Timestamp;

use crate::{app::Global, connect, error::Result, output};

/// Show all that is known of a capsule
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
}

/// Shows it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let info = connect::capsule(&client, &args.capsule).await?.info().await?;
    if global.json {
        output::json(&info)?;
        return Ok(ExitCode::SUCCESS);
    }
    let time = |time: Option<Timestamp>| {
        time.map_or("never".to_owned(), |time| format!("{time} ({})", output::ago(time)))
    };
    let timeout = match info.timeout_sec {
        0 => "none".to_owned(),
        seconds => format!("{seconds} s without use"),
    };
    let mut lines = vec![
        ("capsule", info.id.to_string()),
        ("status", info.status.to_string()),
        ("template", info.template),
        ("runtime", format!("{:?}", info.runtime).to_lowercase()),
        ("processors", info.vcpus.to_string()),
        ("memory", format!("{} MiB", info.memory_mb)),
        ("timeout", timeout),
        ("created", time(Some(info.created_at))),
        ("started", time(info.started_at)),
        ("last used", time(info.last_active_at)),
        ("changed", time(Some(info.last_updated))),
    ];
    if let Some(private) = info.private_ports {
        lines.push(("ports", if private { "private" } else { "public" }.to_owned()));
    }
    lines.extend(info.metadata.iter().map(|(key, value)| ("metadata", format!("{key}={value}"))));
    for (name, value) in lines {
        output::line(format!("{name:<12}{value}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
