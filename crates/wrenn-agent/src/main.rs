//! The `wrenn-agent` binary.

use anyhow::Context as _;
use wrenn_agent::{Agent, Listener, Settings, serve};

fn main() -> anyhow::Result<()> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", wrenn_agent_proto::DEFAULT_PORT)).await?;
        serve(Listener::Tcp(listener), Agent::new(Settings::default()), std::future::pending()).await;
        Ok(())
    })
}
