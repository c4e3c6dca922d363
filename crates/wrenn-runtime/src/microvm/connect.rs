//! The way to the agent.

use std::{io, io::ErrorKind, path::Path, time::Duration};

use tokio::net::UnixStream;

use super::{guest, paths::Paths, record::Record};
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
    socket::Address,
};

/// How long the agent may take to greet back. A guest in software emulation on a busy machine takes its time.
const LIMIT: Duration = Duration::from_secs(60);

/// How long is waited where too many wait.
const BUSY: Duration = Duration::from_millis(10);

/// Opens a stream to the agent of a capsule that runs.
pub(super) async fn connect(spec: &CapsuleSpec) -> Result<UnixStream> {
    let not_running = || Error::NotRunning { id: spec.id.clone() };
    let paths = Paths::of(spec);
    let process = match Record::read(&paths)? {
        Some(record) if record.process.is_alive() && !paths.paused().exists() => record.process,
        _ => return Err(not_running()),
    };
    let socket = paths.agent();
    tokio::select! {
        opened = tokio::time::timeout(LIMIT, open(&socket)) => match opened {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::ConnectionRefused => Err(not_running()),
                _ => Err(Error::file("connect to", socket)(error)),
            },
            Err(_) => Err(Error::Timeout { action: "connecting to the agent", limit: LIMIT }),
        },
        ended = process.ended() => ended.and(Err(not_running())),
    }
}

/// Opens a stream to the agent behind the socket.
pub(super) async fn open(socket: &Path) -> io::Result<UnixStream> {
    guest::connect(|| async {
        let address = Address::of(socket)?;
        loop {
            match UnixStream::connect(address.path()).await {
                // Others wait already for the one who has it.
                Err(error) if error.kind() == ErrorKind::WouldBlock => tokio::time::sleep(BUSY).await,
                connected => return connected,
            }
        }
    })
    .await
}
