//! `make bench`: what the promises of SPECIFICATION.md are measured by.
//!
//! Starts the release server over a data directory of its own, measures through the Rust SDK over loopback, and measures in
//! the same run what the machine itself needs for the same things. Machines are noisy: compare ratios within a run.

mod capsules;
mod commands;
mod files;
mod floors;
mod lifecycle;
mod notebooks;
mod ports;
mod report;
mod series;
mod server;
mod terminal;

use std::path::PathBuf;

use anyhow::Context as _;
use report::Report;
use server::Server;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let output: PathBuf = std::env::args_os().nth(1).context("usage: wrenn-bench RESULTS.json")?.into();
    let scratch = tempfile::Builder::new().prefix("wrenn-bench-").tempdir()?;
    // As in `microvm`; else as the server chooses.
    let runtime = std::env::var("WRENN_BENCH_RUNTIME").ok().filter(|runtime| !runtime.is_empty());
    let server = Server::start(scratch.path(), runtime.as_deref())?;
    let mut report = Report { isolation: server.isolation(), ..Report::default() };
    let measured = measure(&server, &mut report).await;
    let cleared = server.stop();
    measured?;
    cleared?;
    println!("\n{}", report.table());
    report.write(&output)?;
    println!("written to {}", output.display());
    Ok(())
}

async fn measure(server: &Server, report: &mut Report) -> anyhow::Result<()> {
    let client = server.client()?;
    // The first capsule pays for what is made once: the template's first use, the agent's binary.
    client.create_capsule("minimal").await?.destroy().await?;
    if report.isolation.starts_with("microvm") {
        // After its first boot a template's machine is saved in the background.
        tokio::time::sleep(std::time::Duration::from_secs(20)).await;
    }

    report.add(floors::spawn(200)?);
    let layer = floors::template_layer(&server.data_dir())?;
    report.add(floors::crun(&layer, server.scratch(), 50)?);
    capsules::sequential(&client, report).await?;
    for count in [20, 100] {
        capsules::at_once(&client, count, report).await?;
    }
    commands::measure(&client, report).await?;
    terminal::measure(&client, report).await?;
    files::measure(&client, server.scratch(), report).await?;
    ports::measure(&client, server.scratch(), report).await?;
    lifecycle::measure(&client, report).await?;
    notebooks::measure(&client, report).await?;
    lifecycle::idle_memory(&client, &server.data_dir(), 50, report).await
}
