//! A command of a capsule with this program's input and output as its own.

use std::{
    io::{self, Write},
    time::Duration,
};

use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};
use wrenn::{CommandEvent, CommandStream};

use crate::{
    error::{CliError, Result},
    terminal::{Interrupt, Interrupts, read_stdin},
};

/// How often the capsule is told that it is in use while a command is silent.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long a command that was asked to stop may take before this program no longer waits for it.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// What a command is said to end with when its time was over, as coreutils' `timeout` does.
pub(crate) const TIMED_OUT: u8 = 124;
/// What a command that cannot be run ends with.
const NOT_FOUND: u8 = 127;

/// What to do when this program is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnInterrupt {
    /// The command is stopped.
    Stop,
    /// The command goes on without us.
    Leave,
}

/// How to follow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Whether our input becomes the command's.
    pub(crate) stdin: bool,
    pub(crate) on_interrupt: OnInterrupt,
    /// When the command is stopped.
    pub(crate) timeout: Option<Duration>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Followed {
    /// By itself or because we stopped it, with this exit code.
    Exited(u8),
    /// We left; it goes on.
    Left(Interrupt),
}

/// Passes bytes in both directions until the command ends.
pub(crate) async fn follow(
    mut stream: CommandStream,
    options: Options,
    interrupts: &mut Interrupts,
) -> Result<Followed> {
    let input = options.stdin.then(|| forward(&stream));
    let _input = input.map(AbortOnDrop);
    let started = Instant::now();
    let mut ping = interval_at(started + PING_INTERVAL, PING_INTERVAL);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut deadline = options.timeout.map(|timeout| started + timeout);
    // Once it was asked to stop: what to end with if it does not.
    let mut stopping = None;
    let mut running = options.on_interrupt == OnInterrupt::Leave;
    loop {
        tokio::select! {
            event = stream.next() => match event {
                Some(event) => {
                    let event = event.map_err(|error| explain(error, running))?;
                    running = true;
                    if let Some(exit_code) = handle(event, &mut stream).await? {
                        let late = stopping == Some(TIMED_OUT);
                        return Ok(Followed::Exited(if late { TIMED_OUT } else { exit_code }));
                    }
                }
                None => return Err(CliError::new("the command's output ended before the command")),
            },
            interrupt = interrupts.next() => {
                if options.on_interrupt == OnInterrupt::Leave {
                    return Ok(Followed::Left(interrupt));
                }
                if stopping.is_some() {
                    return Ok(Followed::Exited(interrupt.exit_code()));
                }
                stopping = Some(interrupt.exit_code());
                deadline = Some(Instant::now() + STOP_PATIENCE);
                stream.stop().await?;
            }
            () = sleep_until(deadline.unwrap_or(started)), if deadline.is_some() => {
                if let Some(code) = stopping {
                    return Ok(Followed::Exited(code));
                }
                stopping = Some(TIMED_OUT);
                deadline = Some(Instant::now() + STOP_PATIENCE);
                stream.stop().await?;
            }
            _ = ping.tick() => stream.ping().await?,
        }
    }
}

/// A command that could not be started ends as it does in a shell.
fn explain(error: wrenn::Error, running: bool) -> CliError {
    let refused = !running && matches!(error, wrenn::Error::Stream { .. });
    let error = CliError::from(error);
    if refused { error.code(NOT_FOUND) } else { error }
}

/// Prints what the command printed; returns its exit code at its end.
async fn handle(event: CommandEvent, stream: &mut CommandStream) -> Result<Option<u8>> {
    let printed = match event {
        CommandEvent::Stdout(bytes) => print(&mut io::stdout().lock(), &bytes),
        CommandEvent::Stderr(bytes) => print(&mut io::stderr().lock(), &bytes),
        CommandEvent::Exited { exit_code } => return Ok(Some(exit_status(exit_code))),
        _ => Ok(()),
    };
    if let Err(error) = printed {
        // Nobody reads its output any more, so it ends as it would have in a pipe.
        stream.stop().await?;
        // To leave with output unread would cut the connection off before the server has heard of that.
        let rest = async { while stream.next().await.is_some_and(|event| event.is_ok()) {} };
        let _ = tokio::time::timeout(STOP_PATIENCE, rest).await;
        return Err(error.into());
    }
    Ok(None)
}

fn print(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

/// An exit code as a program can have it.
pub(crate) fn exit_status(exit_code: i32) -> u8 {
    u8::try_from(exit_code).unwrap_or(if exit_code < 0 { u8::MAX } else { (exit_code & 0xff) as u8 })
}

/// Passes our input on, piece by piece, and then its end.
fn forward(stream: &CommandStream) -> tokio::task::JoinHandle<Result<()>> {
    let command = stream.input();
    tokio::spawn(async move {
        let mut pieces = read_stdin();
        while let Some(piece) = pieces.recv().await {
            command.send(piece).await?;
        }
        Ok(command.close().await?)
    })
}

/// Ends a task that nobody waits for. What broke in it shows in the stream too.
struct AbortOnDrop(tokio::task::JoinHandle<Result<()>>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_codes_fit_into_a_byte() {
        let cases = [(0, 0), (3, 3), (255, 255), (256, 0), (-1, 255), (137, 137)];
        for (code, status) in cases {
            assert_eq!(exit_status(code), status, "{code}");
        }
    }
}
