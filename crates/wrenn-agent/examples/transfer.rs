//! How fast files go through the agent, next to what `cp` of the same file takes.
//!
//! `cargo run --release -p wrenn-agent --example transfer [MEGABYTES]`

use std::path::Path;
use std::time::Instant;

use anyhow::Context as _;
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use wrenn_agent::{Agent, Listener, Settings, serve};
use wrenn_agent_proto::AgentClient;

const ROUNDS: usize = 5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> anyhow::Result<()> {
    let megabytes: usize = std::env::args().nth(1).map_or(Ok(256), |text| text.parse())?;
    let dir = tempfile::tempdir()?;
    let socket = dir.path().join("agent.sock");
    let listener = tokio::net::UnixListener::bind(&socket)?;
    // The agent has one thread of its own, as in a capsule.
    std::thread::spawn(move || -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = listener.into_std()?;
        runtime.block_on(async {
            let listener = tokio::net::UnixListener::from_std(listener)?;
            serve(Listener::Unix(listener), Agent::new(Settings::default()), std::future::pending()).await;
            Ok(())
        })
    });
    let client = AgentClient::new(move || tokio::net::UnixStream::connect(socket.clone()));
    let (source, target) = (dir.path().join("source"), dir.path().join("target"));
    let piece = Bytes::from(vec![7; 256 << 10]);
    std::fs::write(&source, vec![7; megabytes << 20])?;
    for round in 0..ROUNDS {
        let copy = rate(megabytes, async {
            Ok(std::process::Command::new("cp").args([&source, &target]).status().map(drop)?)
        })
        .await?;
        let pieces = stream::iter(vec![piece.clone(); megabytes * 4]).map(Ok::<_, std::io::Error>);
        let up = rate(megabytes, async {
            client.write_file(text(&target)?, None, pieces).await?;
            Ok(())
        })
        .await?;
        let down = rate(megabytes, async {
            let mut body = client.read_file(text(&target)?, None).await?;
            let mut size = 0;
            while let Some(bytes) = body.next().await {
                size += bytes?.len();
            }
            anyhow::ensure!(size == megabytes << 20, "{size} bytes arrived");
            Ok(())
        })
        .await?;
        println!("round {round}: cp {copy:.0} MB/s, up {up:.0} MB/s, down {down:.0} MB/s");
    }
    Ok(())
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the path is not UTF-8")
}

async fn rate(megabytes: usize, work: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<f64> {
    let start = Instant::now();
    work.await?;
    Ok(megabytes as f64 * 1.048_576 / start.elapsed().as_secs_f64())
}
