//! One cell on its way through a notebook.

use std::time::Duration;

use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    time::Instant,
};
use wrenn_api::{CellEnd, CellError, CellServerMessage, ExecCellRequest, TIMED_OUT_EXIT_CODE};
use wrenn_host::ActivityGuard;

use crate::{ControlError, Result};

/// How many messages may wait for their reader. Each can be large.
const WAITING: usize = 4;

/// What comes of a cell, message by message. Dropping it leaves a cell alone
/// that has begun, which still has its time limit; one that waits is not begun.
pub struct CellRun {
    messages: mpsc::Receiver<Result<CellServerMessage>>,
}

impl CellRun {
    /// The next message; `None` after `End` and after an error. Cancel-safe.
    pub async fn next(&mut self) -> Option<Result<CellServerMessage>> {
        self.messages.recv().await
    }
}

/// A cell to run, and who waits for it. The capsule counts as used until it is dropped.
pub(super) struct Cell {
    pub(super) code: String,
    /// How long it may take.
    pub(super) limit: Option<Duration>,
    pub(super) guard: ActivityGuard,
    messages: mpsc::Sender<Result<CellServerMessage>>,
    _room: OwnedSemaphorePermit,
}

impl Cell {
    /// `room` is what its code takes of what the capsule's cells may.
    pub(super) fn new(
        request: &ExecCellRequest,
        guard: ActivityGuard,
        room: OwnedSemaphorePermit,
    ) -> (Self, CellRun) {
        let (sender, messages) = mpsc::channel(WAITING);
        let limit = Some(request.timeout_sec()).filter(|&seconds| seconds > 0).map(Duration::from_secs);
        let code = request.code.clone();
        (Self { code, limit, guard, messages: sender, _room: room }, CellRun { messages })
    }

    /// Tells whoever waits, if anybody still does. Waits for a slow reader.
    pub(super) async fn say(&self, message: CellServerMessage) {
        self.guard.touch();
        self.messages.send(Ok(message)).await.ok();
    }

    /// Whether nobody waits for it any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.messages.is_closed()
    }

    /// Gives it up.
    pub(super) async fn fail(&self, error: ControlError) {
        self.messages.send(Err(error)).await.ok();
    }

    /// Tells how it ended.
    pub(super) async fn end(&self, run: &Run, error: Option<CellError>) {
        let exit_code = match &error {
            _ if run.timed_out => TIMED_OUT_EXIT_CODE,
            None => 0,
            Some(error) => exit_code(error),
        };
        if let Some(error) = error.filter(|_| exit_code != 0) {
            self.say(CellServerMessage::Exception(error)).await;
        }
        self.finish(run, exit_code).await;
    }

    /// Tells how it ended when all else was told.
    pub(super) async fn finish(&self, run: &Run, exit_code: i32) {
        let duration_ms = u64::try_from(run.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let end = CellEnd {
            exit_code,
            execution_count: run.execution_count,
            timed_out: run.timed_out,
            duration_ms,
        };
        self.say(CellServerMessage::End(end)).await;
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
