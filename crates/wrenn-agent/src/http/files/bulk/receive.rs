//! A file from the host.

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::path::PathBuf;

use axum::response::{IntoResponse as _, Response};
use bytes::Buf as _;
use hyper::upgrade::OnUpgrade;
use serde_json::json;

use super::splice::{SpliceError, Splicer};
use super::{Socket, start, switching};
use crate::filesystem::atomic::AtomicFile;
use crate::filesystem::error::FsError;
use crate::filesystem::identity::Identity;
use crate::http::error::HttpError;
use crate::http::files::Call;
use crate::http::files::part::Pending;

/// How much is thrown away at a time.
const DRAIN: usize = 64 << 10;

/// Answers an upload. Whether the file may be written at all is found out first, and said in plain HTTP.
pub(in crate::http::files) async fn receive(
    call: &Call,
    path: PathBuf,
    notes: HashMap<String, String>,
    upgrade: OnUpgrade,
) -> Response {
    let (target, kept) = (path.clone(), notes.clone());
    match call.run(&path, move || AtomicFile::create(&target, &kept)).await {
        Ok(file) => {
            let upload = Upload { pending: Pending { path, file }, notes, identity: call.identity() };
            start(upgrade, move |socket| upload.run(socket));
            switching()
        }
        Err(error) => error.into_response(),
    }
}

struct Upload {
    pending: Pending,
    notes: HashMap<String, String>,
    identity: Identity,
}

/// The host is gone: there is nobody to tell.
struct Cut;

/// Why not all bytes are in the file.
enum Failure {
    Cut,
    Write(io::Error),
}

impl From<Cut> for Failure {
    fn from(Cut: Cut) -> Self {
        Self::Cut
    }
}

impl Upload {
    fn run(self, mut socket: Socket) {
        let Ok(answer) = self.transfer(&mut socket) else { return };
        let mut line = answer.to_string();
        line.push('\n');
        // Who does not read it has gone.
        let _ = socket.stream.write_all(line.as_bytes());
    }

    fn transfer(self, socket: &mut Socket) -> Result<serde_json::Value, Cut> {
        let written = self.fill(socket);
        let Self { pending, notes, identity } = self;
        let done = match written {
            Ok(()) => identity
                .assume()
                .map_err(|error| FsError::from_io("write", &pending.path.clone(), error))
                .and_then(|_assumed| pending.commit(&notes)),
            Err(Failure::Cut) => return Err(Cut),
            Err(Failure::Write(error)) => {
                let error = FsError::from_io("write", &pending.path, error);
                // Room again, before the rest is taken in.
                drop(pending);
                socket.drain()?;
                Err(error)
            }
        };
        Ok(match done {
            Ok(written) => json!({ "status": 200, "files": [written] }),
            Err(error) => {
                let error = HttpError::from(error);
                json!({ "status": error.status().as_u16(), "message": error.message() })
            }
        })
    }

    fn fill(&self, socket: &mut Socket) -> Result<(), Failure> {
        let mut file = self.pending.file.file();
        let splicer = Splicer::new().map_err(Failure::Write)?;
        loop {
            let mut length = socket.length()?;
            if length == 0 {
                return Ok(());
            }
            if !socket.early.is_empty() {
                let early = socket.early.split_to(length.min(socket.early.len()));
                length -= early.len();
                file.write_all(&early).map_err(Failure::Write)?;
            }
            splicer.run(&socket.stream, file, length).map_err(|error| match error {
                SpliceError::Source => Failure::Cut,
                SpliceError::Sink(error) => Failure::Write(error),
            })?;
        }
    }
}

impl Socket {
    /// The length of the next piece.
    fn length(&mut self) -> Result<usize, Cut> {
        let mut bytes = [0; 4];
        let early = self.early.len().min(bytes.len());
        self.early.copy_to_slice(&mut bytes[..early]);
        self.stream.read_exact(&mut bytes[early..]).map_err(|_| Cut)?;
        Ok(u32::from_be_bytes(bytes) as usize)
    }

    /// Takes what still comes, so that the host gets to read why it was in vain. Where in a piece the writing
    /// failed is not known any more; the host closes its side after the last one.
    fn drain(&mut self) -> Result<(), Cut> {
        let mut buffer = vec![0; DRAIN];
        while self.stream.read(&mut buffer).map_err(|_| Cut)? > 0 {}
        Ok(())
    }
}
