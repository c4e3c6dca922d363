//! The command line. It is short enough to be read without a library, which the agent would carry into every capsule.

use std::{
    net::SocketAddr,
    os::fd::{FromRawFd as _, OwnedFd, RawFd},
};

use anyhow::Context as _;
use tokio::net::{TcpListener, UnixListener};
use wrenn_agent::Listener;

const HELP: &str = "\
The agent inside a Wrenn capsule: processes, terminals, files, tunnels.

Usage: wrenn-agent [OPTIONS]

Options:
  --listen <ADDRESS>     Listen on TCP; 127.0.0.1:49983 when neither this nor --fd is given
  --fd <NUMBER>          Serve this inherited listening unix socket
  --default-user <NAME>  The user of calls that name none [default: root]
  --version              Print the version
  --help                 Print this";

/// What the command line asks for.
pub(crate) enum Request {
    Serve(Options),
    /// Print this and be done.
    Tell(String),
}

/// How to serve.
pub(crate) struct Options {
    listen: Vec<SocketAddr>,
    sockets: Vec<RawFd>,
    pub(crate) default_user: String,
}

impl Options {
    pub(crate) fn parse(mut args: impl Iterator<Item = String>) -> Result<Request, String> {
        let mut options = Self { listen: Vec::new(), sockets: Vec::new(), default_user: "root".to_owned() };
        while let Some(arg) = args.next() {
            let (name, inline) = match arg.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (arg, None),
            };
            let mut value = || inline.clone().or_else(|| args.next()).ok_or(format!("{name} needs a value"));
            match name.as_str() {
                "--listen" => {
                    let value = value()?;
                    options
                        .listen
                        .push(value.parse().map_err(|_| format!("{value:?} is no address and port"))?);
                }
                "--fd" => {
                    let value = value()?;
                    options.sockets.push(value.parse().map_err(|_| format!("{value:?} is no descriptor"))?);
                }
                "--default-user" => options.default_user = value()?,
                "--version" => {
                    return Ok(Request::Tell(format!("wrenn-agent {}", env!("CARGO_PKG_VERSION"))));
                }
                "--help" | "-h" => return Ok(Request::Tell(HELP.to_owned())),
                other => return Err(format!("there is no option {other:?}")),
            }
        }
        if options.listen.is_empty() && options.sockets.is_empty() {
            options.listen.push(([127, 0, 0, 1], wrenn_agent_proto::DEFAULT_PORT).into());
        }
        Ok(Request::Serve(options))
    }

    /// Opens everything that was asked for.
    pub(crate) async fn listeners(&self) -> anyhow::Result<Vec<Listener>> {
        let mut listeners = Vec::new();
        for address in &self.listen {
            let listener =
                TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
            let address = listener.local_addr().context("cannot read the address")?;
            eprintln!("listening on http://{address}");
            listeners.push(Listener::Tcp(listener));
        }
        for socket in &self.sockets {
            let listener =
                inherited(*socket).with_context(|| format!("cannot serve the descriptor {socket}"))?;
            listeners.push(Listener::Unix(listener));
        }
        Ok(listeners)
    }
}

#[expect(unsafe_code, reason = "a descriptor's number is all that is inherited")]
fn inherited(number: RawFd) -> anyhow::Result<UnixListener> {
    anyhow::ensure!(number > 2, "it is one of the standard streams");
    rustix::io::fcntl_getfd(
        // SAFETY: the descriptor is only looked at, and not at all if it is not open.
        unsafe { std::os::fd::BorrowedFd::borrow_raw(number) },
    )
    .context("it is not open")?;
    // SAFETY: it is open, and whoever started this process left it to it alone.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
    let listener = std::os::unix::net::UnixListener::from(socket);
    listener.local_addr().context("it is no unix socket")?;
    listener.set_nonblocking(true)?;
    Ok(UnixListener::from_std(listener)?)
}
