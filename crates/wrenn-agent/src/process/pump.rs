//! Carries a process's output into its log.

use std::{cell::RefCell, io, os::fd::AsFd as _, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use tokio::{
    net::unix::pipe,
    sync::watch,
    time::{Instant, timeout_at},
};

use super::{
    log::{Chunk, Log, Source},
    terminal::Terminal,
};

/// As much as a pipe holds.
const READ: usize = 64 << 10;
/// How long output is still waited for once the process has ended, if something that it left behind holds its output
/// open. What the process itself wrote is read in any case.
const AFTERMATH: Duration = Duration::from_millis(200);

/// Where a process's output comes out.
#[derive(Debug)]
pub(super) enum Outlet {
    Pipe(pipe::Receiver),
    Terminal(Arc<Terminal>),
}

/// Reads until the end of the output, or until the process has ended and what it wrote is read.
pub(super) async fn pump(
    source: Source,
    mut outlet: Outlet,
    log: Arc<Log>,
    mut ended: watch::Receiver<bool>,
) {
    let mut reader = Reader::default();
    let at_exit = loop {
        let read = tokio::select! {
            biased;
            read = reader.read(&mut outlet) => read,
            _ = ended.wait_for(|ended| *ended) => break outlet.pending(),
        };
        match read {
            Ok(bytes) if !bytes.is_empty() => log.append(Chunk { source, bytes }).await,
            // An error is an end, too: nothing more can be read.
            Ok(_) | Err(_) => return,
        }
    };
    let deadline = Instant::now() + AFTERMATH;
    let mut owed = at_exit;
    loop {
        let read = if owed > 0 {
            reader.read(&mut outlet).await
        } else {
            match timeout_at(deadline, reader.read(&mut outlet)).await {
                Ok(read) if Instant::now() < deadline => read,
                Ok(_) | Err(_) => break,
            }
        };
        match read {
            Ok(bytes) if !bytes.is_empty() => {
                owed = owed.saturating_sub(bytes.len());
                log.append(Chunk { source, bytes }).await;
            }
            Ok(_) | Err(_) => return,
        }
    }
    if let Outlet::Pipe(_) = outlet {
        // A daemon that the process left behind must not die of writing to a pipe that nobody reads.
        tokio::spawn(
            async move { while reader.read(&mut outlet).await.is_ok_and(|bytes| !bytes.is_empty()) {} },
        );
    }
}

impl Outlet {
    /// How many bytes wait to be read.
    fn pending(&self) -> usize {
        let pending = match self {
            Self::Pipe(pipe) => rustix::io::ioctl_fionread(pipe.as_fd()),
            Self::Terminal(terminal) => rustix::io::ioctl_fionread(terminal.as_fd()),
        };
        pending.ok().and_then(|pending| usize::try_from(pending).ok()).unwrap_or_default()
    }

    async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Pipe(pipe) => pipe.readable().await,
            Self::Terminal(terminal) => terminal.readable().await,
        }
    }

    /// Reads into the buffer's spare room.
    fn try_read(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Pipe(pipe) => pipe.try_read_buf(buffer),
            Self::Terminal(terminal) => terminal.try_read(buffer),
        }
    }
}

thread_local! {
    /// Where little output is read into before it is copied to a place of its size.
    static SCRATCH: RefCell<BytesMut> = RefCell::new(BytesMut::with_capacity(READ));
}

/// Reads into one buffer for all as long as there is little to read, and into buffers to be handed on when there is
/// much: so an idle process needs no buffer, and a busy one no copy.
#[derive(Debug, Default)]
struct Reader {
    is_busy: bool,
}

impl Reader {
    /// Some output, or none at its end. Cancel-safe.
    async fn read(&mut self, outlet: &mut Outlet) -> io::Result<Bytes> {
        loop {
            outlet.readable().await?;
            let result = if self.is_busy { Self::read_large(outlet) } else { Self::read_small(outlet) };
            match result {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
                Ok(bytes) => {
                    self.is_busy = bytes.len() >= READ / 2;
                    return Ok(bytes);
                }
            }
        }
    }

    fn read_small(outlet: &Outlet) -> io::Result<Bytes> {
        SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            outlet.try_read(scratch)?;
            Ok(Bytes::copy_from_slice(scratch))
        })
    }

    fn read_large(outlet: &Outlet) -> io::Result<Bytes> {
        let mut buffer = BytesMut::with_capacity(READ);
        let count = outlet.try_read(&mut buffer)?;
        Ok(if count < READ / 2 { Bytes::copy_from_slice(&buffer) } else { buffer.freeze() })
    }
}
