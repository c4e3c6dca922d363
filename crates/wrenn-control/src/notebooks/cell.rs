//! One cell on its way through a notebook.

use std::time::Duration;

use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use wrenn_api::{CellEnd, CellError, CellServerMessage, ExecCellRequest, TIMED_OUT_EXIT_CODE};
use wrenn_host::ActivityGuard;

use crate::{ControlError, Result};

/// How many messages may wait for their reader. Each can be large.
const WAITING: usize = 4;
/// Room beside it for what a cell ends with, an exception and the end, so that an end waits for nobody.
const LAST: usize = 2;

/// What comes of a cell, message by message. Dropping it leaves a cell alone
/// that has begun, which still has its time limit; one that waits is not begun.
pub struct CellRun {
    messages: mpsc::Receiver<Result<CellServerMessage>>,
    stop: CellStop,
}

/// Stops a cell, and no other one of its notebook.
#[derive(Debug, Clone, Default)]
pub struct CellStop(CancellationToken);

impl CellStop {
    /// Interrupts the cell if it runs; if it waits, it is not begun. Its end is still told.
    pub fn stop(&self) {
        self.0.cancel();
    }
}

impl CellRun {
    /// The next message; `None` after `End` and after an error. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<CellServerMessage>> {
        self.messages.recv().await
    }

    /// What stops it.
    pub fn stopper(&self) -> CellStop {
        self.stop.clone()
    }
}

/// A cell to run, and who waits for it. The capsule counts as used until it is dropped.
pub(super) struct Cell {
    pub(super) code: String,
    /// How long it may take.
    pub(super) limit: Option<Duration>,
    pub(super) guard: ActivityGuard,
    messages: mpsc::Sender<Result<CellServerMessage>>,
    stop: CellStop,
    _room: OwnedSemaphorePermit,
}

impl Cell {
    /// `room` is what its code takes of what the capsule's cells may.
    pub(super) fn new(
        request: &ExecCellRequest,
        guard: ActivityGuard,
        room: OwnedSemaphorePermit,
    ) -> (Self, CellRun) {
        let (sender, messages) = mpsc::channel(WAITING + LAST);
        let limit = Some(request.timeout_sec()).filter(|&seconds| seconds > 0).map(Duration::from_secs);
        let code = request.code.clone();
        let stop = CellStop::default();
        let run = CellRun { messages, stop: stop.clone() };
        (Self { code, limit, guard, messages: sender, stop, _room: room }, run)
    }

    /// Tells whoever waits, if anybody still does. Waits for a slow reader.
    pub(super) async fn say(&self, message: CellServerMessage) {
        self.tell(&mut Some(message)).await;
    }

    /// Tells what is pending, which is nothing afterwards. Cancel-safe.
    pub(super) async fn tell(&self, pending: &mut Option<CellServerMessage>) {
        self.guard.touch();
        let room = self.messages.reserve_many(1 + LAST).await;
        let message = pending.take();
        if let (Ok(mut room), Some(message)) = (room, message)
            && let Some(place) = room.next()
        {
            place.send(Ok(message));
        }
    }

    /// Returns once it shall stop.
    pub(super) async fn stopped(&self) {
        self.stop.0.cancelled().await;
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.messages.is_closed()
    }

    /// Gives it up.
    pub(super) fn fail(&self, error: ControlError) {
        self.last(Err(error));
    }

    /// Tells how it ended.
    pub(super) fn end(&self, run: &Run, error: Option<CellError>) {
        let exit_code = match &error {
            _ if run.timed_out => TIMED_OUT_EXIT_CODE,
            None => 0,
            Some(error) => exit_code(error),
        };
        self.end_as(run, exit_code, error.filter(|_| exit_code != 0));
    }

    /// The same with an exit code of its own.
    pub(super) fn end_as(&self, run: &Run, exit_code: i32, error: Option<CellError>) {
        if let Some(error) = error {
            self.last(Ok(CellServerMessage::Exception(error)));
        }
        let duration_ms = u64::try_from(run.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let end = CellEnd {
            exit_code,
            execution_count: run.execution_count,
            timed_out: run.timed_out,
            duration_ms,
        };
        self.last(Ok(CellServerMessage::End(end)));
    }

    /// Says one of the last things, for which there is room.
    fn last(&self, message: Result<CellServerMessage>) {
        self.guard.touch();
        // Nobody may wait for it any more.
        let _ = self.messages.try_send(message);
    }
}

/// How far a cell is.
pub(super) struct Run {
    pub(super) began: Instant,
    pub(super) execution_count: Option<u64>,
    pub(super) timed_out: bool,
}

impl Run {
    pub(super) fn begin() -> Self {
        Self { began: Instant::now(), execution_count: None, timed_out: false }
    }
}

/// What a process would have ended with.
fn exit_code(error: &CellError) -> i32 {
    match error.name.as_str() {
        "SystemExit" if matches!(error.value.as_str(), "" | "None") => 0,
        "SystemExit" => error.value.parse().unwrap_or(1),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exit_is_no_failure_unless_it_says_so() {
        let code = |name: &str, value: &str| {
            exit_code(&CellError { name: name.to_owned(), value: value.to_owned(), traceback: Vec::new() })
        };
        assert_eq!(code("SystemExit", ""), 0);
        assert_eq!(code("SystemExit", "None"), 0);
        assert_eq!(code("SystemExit", "3"), 3);
        assert_eq!(code("SystemExit", "bad input"), 1);
        assert_eq!(code("ZeroDivisionError", "0"), 1);
    }
}
