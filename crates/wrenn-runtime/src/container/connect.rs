//! The way to the agent: a unix socket that the host makes and the agent inherits.

use std::{
    fs,
    io::{self, ErrorKind},
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{fs::PermissionsExt, net::UnixListener},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open},
    process::Pid,
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
};

/// The longest path that a socket's address holds.
const LONGEST: usize = 107;
/// How long the agent may take to answer for the first time. It needs a millisecond; a machine may be very busy.
const GREETING_LIMIT: Duration = Duration::from_secs(30);
/// How long a process that has closed its socket may take to end.
const ENDING: Duration = Duration::from_secs(5);

/// Connects to the agent.
pub(super) async fn connect(spec: &CapsuleSpec) -> Result<UnixStream> {
    let address = Address::of(spec);
    let connected = match address {
        Ok(ref address) => UnixStream::connect(&address.path).await,
        Err(error) => Err(error),
    };
    connected.map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => Error::NotRunning { id: spec.id.clone() },
        _ => Error::file("connect to", Paths::of(spec).runtime().join(Paths::SOCKET))(error),
    })
}

/// Makes the socket and listens on it, for the agent to inherit. Only this user can reach it: the directory is
/// closed to others and so is the socket.
pub(super) fn listen(spec: &CapsuleSpec) -> Result<UnixListener> {
    let path = Paths::of(spec).runtime().join(Paths::SOCKET);
    Address::of(spec)
        .and_then(|address| {
            let listener = UnixListener::bind(&address.path)?;
            fs::set_permissions(&address.path, fs::Permissions::from_mode(0o600))?;
            Ok(listener)
        })
        .map_err(Error::file("listen on", path))
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

/// A path to the socket that is short enough, and what keeps it valid.
struct Address {
    path: PathBuf,
    _directory: Option<OwnedFd>,
}

impl Address {
    fn of(spec: &CapsuleSpec) -> io::Result<Self> {
        let directory = Paths::of(spec).runtime().to_owned();
        let path = directory.join(Paths::SOCKET);
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path, _directory: None });
        }
        Self::through_handle(&directory)
    }

    /// Names the directory by an open file, whatever its length.
    fn through_handle(directory: &Path) -> io::Result<Self> {
        let handle = open(directory, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let process = Pid::as_raw(Some(rustix::process::getpid()));
        let path = format!("/proc/{process}/fd/{}/{}", handle.as_raw_fd(), Paths::SOCKET);
        Ok(Self { path: PathBuf::from(path), _directory: Some(handle) })
    }
}
