//! The way to the agent: a unix socket that the host makes and the agent inherits.

use std::{
    io::{self, ErrorKind},
    os::unix::net::UnixListener,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

use super::paths::Paths;
use crate::{
    error::{Error, Result},
    process::Process,
    runtime::CapsuleSpec,
    socket::{self, Address},
};

/// How long the agent may take to answer for the first time. It needs a millisecond; a machine may be very busy.
const GREETING_LIMIT: Duration = Duration::from_secs(30);
/// How long a process that has closed its socket may take to end.
const ENDING: Duration = Duration::from_secs(5);

/// Connects to the agent.
pub(super) async fn connect(spec: &CapsuleSpec) -> Result<UnixStream> {
    let path = Paths::of(spec).runtime().join(Paths::SOCKET);
    let connected = match Address::of(&path) {
        Ok(address) => UnixStream::connect(address.path()).await,
        Err(error) => Err(error),
    };
    connected.map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => Error::NotRunning { id: spec.id.clone() },
        _ => Error::file("connect to", path)(error),
    })
}

/// Makes the socket and listens on it, for the agent to inherit. Only this user can reach it: the directory is
/// closed to others and so is the socket.
pub(super) fn listen(spec: &CapsuleSpec) -> Result<UnixListener> {
    let path = Paths::of(spec).runtime().join(Paths::SOCKET);
    socket::listen(&path).map_err(Error::file("listen on", &path))
}

/// Waits until the agent answers, or `init` ends, or too much time goes by.
pub(super) async fn greet(spec: &CapsuleSpec, init: &Process) -> Result<()> {
    let ended = || Error::Agent { id: spec.id.clone(), reason: "it ended at once".into() };
    let greeted = tokio::select! {
        greeting = tokio::time::timeout(GREETING_LIMIT, ask_health(spec)) => match greeting {
            Ok(result) => result,
            Err(_) => Err(Error::Timeout { action: "waiting for the agent's first answer", limit: GREETING_LIMIT }),
        },
        gone = init.ended() => gone.and_then(|()| Err(ended())),
    };
    // A process closes its socket a moment before it counts as ended.
    match greeted {
        Err(_) if tokio::time::timeout(ENDING, init.ended()).await.is_ok() => Err(ended()),
        greeted => greeted,
    }
}

async fn ask_health(spec: &CapsuleSpec) -> Result<()> {
    let fault = |error: io::Error| Error::Agent { id: spec.id.clone(), reason: error.to_string() };
    let mut stream = connect(spec).await?;
    let request = b"GET /health HTTP/1.1\r\nHost: agent\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.map_err(fault)?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.map_err(fault)?;
    if answer.starts_with(b"HTTP/1.1 2") {
        return Ok(());
    }
    let reason = format!("it answered {:?}", String::from_utf8_lossy(&answer));
    Err(Error::Agent { id: spec.id.clone(), reason })
}
