//! A terminal of a capsule in the terminal that this program runs in.

use std::io;

use tokio::signal::unix::{SignalKind, signal};
use wrenn::{PtyEvent, PtySession};

use super::{detach::Detach, interrupts, raw::RawMode, read_stdin, size};
use crate::{
    error::{CliError, Result},
    output,
};

/// How a session in this terminal came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The terminal's program has ended.
    Exited(i32),
    /// The person left; the terminal goes on.
    Left,
    /// This program was asked to end; the terminal goes on.
    Interrupted(u8),
}

/// Shows a capsule's terminal in this one until either end comes.
pub(crate) async fn run_session(session: PtySession) -> Result<Ending> {
    let raw = RawMode::enter().map_err(|error| CliError::from(error).context("cannot use this terminal"))?;
    let outcome = pump(session, &raw).await;
    // The message that follows is to begin in the first column.
    drop(raw);
    outcome
}

async fn pump(mut session: PtySession, raw: &RawMode) -> Result<Ending> {
    let writer = session.writer();
    let mut typed = read_stdin();
    let mut detach = Detach::default();
    let mut interrupts = interrupts()?;
    let mut resized = signal(SignalKind::window_change())?;
    let mut continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?;
    let mut open = true;
    let resize = async || match size() {
        Some((cols, rows)) => writer.resize(cols, rows).await,
        None => Ok(()),
    };
    // A session that is joined may have another size.
    resize().await?;
    loop {
        tokio::select! {
            event = session.next() => match event.transpose()? {
                Some(PtyEvent::Data(bytes)) => output::raw(&bytes)?,
                Some(PtyEvent::Exited { exit_code }) => return Ok(Ending::Exited(exit_code)),
                Some(PtyEvent::Warning { message }) => output::note(format!("\r\nwarning: {message}\r")),
                Some(_) => {}
                None => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            },
            piece = typed.recv(), if open => match piece {
                Some(piece) => {
                    let scanned = detach.scan(&piece);
                    if !scanned.forward.is_empty() {
                        writer.input(scanned.forward).await?;
                    }
                    if scanned.leave {
                        session.close().await?;
                        return Ok(Ending::Left);
                    }
                }
                None => open = false,
            },
            _ = resized.recv() => resize().await?,
            _ = continued.recv() => {
                raw.enter_again()?;
                resize().await?;
            }
            interrupt = interrupts.next() => return Ok(Ending::Interrupted(interrupt.exit_code())),
        }
    }
}
