//! `wrenn serve`: the server.

mod config;
mod isolation;
mod logs;
mod network;
mod stop;
mod welcome;

use std::{fs, process::ExitCode, time::Duration};

use tokio::net::{TcpListener, TcpSocket};
use wrenn_control::{Control, ControlConfig, DEFAULT_ID_REGISTRY, Limits};
use wrenn_runtime::template::TemplateStore;

pub(crate) use config::Args;

use crate::{
    app::Global,
    error::{CliError, Result},
};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 4096;

/// How long tasks may take to end at the end.
const CLEARING: Duration = Duration::from_secs(5);

/// Serves until it is asked to stop.
pub(crate) fn run(global: &Global, args: &Args) -> Result {
    logs::start(args)?;
    raise_file_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(serve(global, args));
    // What is still under way takes away what it had made.
    runtime.shutdown_timeout(CLEARING);
    outcome
}

async fn serve(global: &Global, args: &Args) -> Result {
    if !rustix::process::geteuid().is_root() {
        return Err(CliError::new(
            "the server makes namespaces, mounts and control groups, which only root can",
        )
        .hint("start it with sudo"));
    }
    let stop = stop::Stop::listen()?;
    let data_dir = global.data_dir();
    let data_dir = fs::create_dir_all(&data_dir).and_then(|()| data_dir.canonicalize()).map_err(|error| {
        CliError::from(error).context(format!("cannot make the data directory {}", data_dir.display()))
    })?;
    // Bound but not yet listening: who can connect finds a server that is ready.
    let socket = bind(args)?;
    let address = socket.local_addr()?;
    let base_url = args.public_url.clone().unwrap_or_else(|| format!("http://{}", reachable(address)));
    let runtimes = {
        let (wanted, data_dir) = (args.runtime.clone(), data_dir.clone());
        // It looks at programs and devices.
        tokio::task::spawn_blocking(move || isolation::prepare(&wanted, &data_dir))
            .await
            .map_err(|error| failed(error, "cannot look at this machine"))??
    };
    let first_start = !data_dir.join("bootstrap.json").exists();
    let templates = TemplateStore::open(data_dir.join("templates"))
        .map_err(|error| failed(error, "cannot open the templates"))?;
    let networks = args.network.open().await?;
    let config = ControlConfig {
        data_dir: data_dir.clone(),
        runtimes,
        templates,
        base_url: base_url.clone(),
        id_registry: DEFAULT_ID_REGISTRY.into(),
        limits: Limits { max_capsules: args.max_capsules, ..Limits::default() },
        networks,
    };
    let control = Control::open(config)
        .await
        .map_err(|error| failed(error, format!("cannot open the data directory {}", data_dir.display())))?;
    let listener: TcpListener = socket.listen(BACKLOG)?;
    welcome::print(&control, &data_dir, &base_url, first_start)?;
    let config = wrenn_server::Config {
        max_upload_bytes: args.max_upload_bytes(),
        domain: args.domain.clone(),
        ..Default::default()
    };
    let served = wrenn_server::serve(listener, control.clone(), config, stop.wait()).await;
    control.shutdown().await;
    served.map_err(|error| CliError::from(error).context("the server failed"))?;
    tracing::info!("stopped; capsules go on and the next server takes them over");
    Ok(ExitCode::SUCCESS)
}

fn bind(args: &Args) -> Result<TcpSocket> {
    let address = args.listen;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A server that was just stopped leaves connections that are still closing.
    socket.set_reuseaddr(true)?;
    socket.bind(address).map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => "is a server running already? --listen chooses another port",
            _ => "--listen chooses another address",
        };
        CliError::from(error).context(format!("cannot listen on {address}")).hint(hint)
    })?;
    Ok(socket)
}

/// An address for clients: "every address" is none.
fn reachable(mut address: std::net::SocketAddr) -> std::net::SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() {
            std::net::Ipv4Addr::LOCALHOST.into()
        } else {
            std::net::Ipv6Addr::LOCALHOST.into()
        });
    }
    address
}

fn failed(error: impl std::error::Error + Send + Sync + 'static, what: impl Into<String>) -> CliError {
    CliError::caused(error).context(what.into())
}

/// A thousand capsules have some thousand open files.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).is_err() {
        tracing::warn!(limit = limit.current, "cannot raise the number of files that may be open");
    }
}
