//! A cell in a kernel.

use tokio::time::Instant;
use wrenn_api::{CellError, CellOutput, CellServerMessage};
use wrenn_jupyter::{Display, DisplayKind, Event, JupyterError, Message, ReplyStatus};

use super::{
    super::{
        cell::{Cell, Run},
        port,
        registry::Order,
        verbs,
    },
    Actor, Fate, hear_result,
    link::PATIENCE,
    orders::lost,
};

/// How often the connection may be lost during one cell.
const MOST_LOSSES: u32 = 3;

const DIED: (&str, &str) = (
    "KernelDied",
    "the kernel ended while the cell ran, as by os._exit or for want of memory, and was started anew; variables are lost",
);
const RESTARTED: (&str, &str) = ("KernelRestarted", "the kernel was started anew; variables are lost");
const STUBBORN: (&str, &str) = (
    "KernelRestarted",
    "the cell did not stop when it was interrupted, so the kernel was started anew; variables are lost",
);
const DELETED: (&str, &str) = ("NotebookDeleted", "the notebook was deleted while the cell ran");
const ABORTED: (&str, &str) =
    ("Aborted", "the kernel did not run the cell, because what it ran before was interrupted");

/// What happens next while a cell runs.
enum Step {
    CapsuleEnded(String),
    Order(Order),
    Alarm,
    Message(Result<Option<Message>, JupyterError>),
}

/// What has been seen of a cell.
struct Progress {
    /// The id of the request.
    request: String,
    run: Run,
    /// When something has to be done about it.
    alarm: Option<Instant>,
    error: Option<CellError>,
    replied: bool,
    idle: bool,
    losses: u32,
}

impl Actor {
    /// Runs a cell in the kernel that is linked.
    pub(super) async fn run_cell(&mut self, cell: &Cell) -> Fate {
        let Some(request) = self.begin(cell).await else { return Fate::LivesOn };
        let run = Run::begin();
        let alarm = cell.limit.and_then(|limit| run.began.checked_add(limit));
        let mut progress =
            Progress { request, run, alarm, error: None, replied: false, idle: false, losses: 0 };
        loop {
            let step = tokio::select! {
                biased;
                reason = cell.guard.ended() => Step::CapsuleEnded(reason),
                Some(order) = self.orders.recv() => Step::Order(order),
                () = at(progress.alarm) => Step::Alarm,
                message = hear_result(&mut self.link) => Step::Message(message),
            };
            let end = match step {
                Step::CapsuleEnded(reason) => {
                    cell.fail(verbs::ended(&reason)).await;
                    Some(Fate::LivesOn)
                }
                Step::Order(order) => self.obey_during(order, cell, &progress.run).await,
                Step::Alarm => self.stop(cell, &mut progress).await,
                Step::Message(Ok(Some(message))) => self.take_in(message, cell, &mut progress).await,
                Step::Message(lost) => self.recover(lost.err(), cell, &mut progress).await,
            };
            if let Some(fate) = end {
                return fate;
            }
        }
    }

    /// Hands the code to the kernel. A connection that broke unnoticed is opened once more.
    async fn begin(&mut self, cell: &Cell) -> Option<String> {
        let mut tried = false;
        loop {
            let sent = match &mut self.link {
                Some(link) => link.channels.execute(&cell.code).await,
                None => Err(JupyterError::NotListening { action: "run a cell" }),
            };
            let error = match sent {
                Ok(request) => return Some(request),
                Err(error) => error,
            };
            self.link = None;
            let reopened = if tried { Err(port::failed(error)) } else { self.connect().await };
            tried = true;
            if let Err(error) = reopened {
                cell.fail(error).await;
                return None;
            }
        }
    }

    async fn obey_during(&mut self, order: Order, cell: &Cell, run: &Run) -> Option<Fate> {
        match order {
            Order::Interrupt(reply) => {
                reply.send(self.interrupt().await).ok();
                None
            }
            Order::Restart(reply) => {
                let restarted = self.restart().await;
                let done = restarted.is_ok();
                reply.send(restarted).ok();
                if !done {
                    self.suspect = true;
                }
                lost(cell, run, RESTARTED.0, RESTARTED.1).await;
                Some(Fate::LivesOn)
            }
            Order::Delete(reply) => {
                let deleted = self.delete().await;
                let fate = if deleted.is_ok() { Fate::Deleted } else { Fate::LivesOn };
                self.suspect = fate == Fate::LivesOn;
                self.cells.close();
                lost(cell, run, DELETED.0, DELETED.1).await;
                reply.send(deleted).ok();
                Some(fate)
            }
        }
    }

    /// The cell's time is over: interrupts it, and when that does not help starts the kernel anew.
    async fn stop(&mut self, cell: &Cell, progress: &mut Progress) -> Option<Fate> {
        if !progress.run.timed_out {
            progress.run.timed_out = true;
            progress.alarm = Some(Instant::now() + PATIENCE);
            if let Err(error) = self.interrupt().await {
                tracing::debug!(%error, capsule = %self.id, "cannot interrupt a cell");
            }
            return None;
        }
        // A capsule that is paused meanwhile answers nothing; what was asked of it is looked after by the next cell.
        match tokio::time::timeout(PATIENCE, self.restart()).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => {
                self.link = None;
                self.suspect = true;
            }
        }
        lost(cell, &progress.run, STUBBORN.0, STUBBORN.1).await;
        Some(Fate::LivesOn)
    }

    async fn take_in(&mut self, message: Message, cell: &Cell, progress: &mut Progress) -> Option<Fate> {
        let Message { parent, event } = message;
        match event {
            Event::Restarting | Event::Dead => {
                // The connection would go on, but a fresh one waits until the kernel is there.
                self.link = None;
                lost(cell, &progress.run, DIED.0, DIED.1).await;
                return Some(Fate::LivesOn);
            }
            // What other clients of the kernel are told.
            _ if parent.as_ref() != Some(&progress.request) => {}
            Event::Began { execution_count } => {
                progress.run.execution_count = Some(execution_count);
                cell.say(CellServerMessage::Start { execution_count: Some(execution_count) }).await;
            }
            Event::Stdout(data) => cell.say(CellServerMessage::Stdout { data }).await,
            Event::Stderr(data) => cell.say(CellServerMessage::Stderr { data }).await,
            Event::Clear { wait } => cell.say(CellServerMessage::Clear { wait }).await,
            Event::Display(display) => cell.say(show(display)).await,
            Event::Exception(exception) => {
                let wrenn_jupyter::Exception { name, value, traceback } = exception;
                progress.error = Some(CellError { name, value, traceback });
            }
            Event::Replied { status, execution_count } => {
                progress.replied = true;
                progress.run.execution_count = execution_count.or(progress.run.execution_count);
                if status == ReplyStatus::Aborted {
                    let (name, value) = (ABORTED.0.to_owned(), ABORTED.1.to_owned());
                    progress.error.get_or_insert(CellError { name, value, traceback: Vec::new() });
                }
            }
            Event::Idle => progress.idle = true,
        }
        if progress.replied && progress.idle {
            cell.end(&progress.run, progress.error.take()).await;
            return Some(Fate::LivesOn);
        }
        None
    }

    /// Opens a lost connection again: the kernel has kept what it said meanwhile.
    async fn recover(
        &mut self,
        error: Option<JupyterError>,
        cell: &Cell,
        progress: &mut Progress,
    ) -> Option<Fate> {
        progress.losses += 1;
        let error = match error {
            Some(error @ JupyterError::TooLarge { .. }) => {
                if let Err(error) = self.interrupt().await {
                    tracing::debug!(%error, capsule = %self.id, "cannot interrupt a cell");
                }
                error
            }
            _ if progress.losses <= MOST_LOSSES => match self.reopen().await {
                Ok(()) => return None,
                Err(error) => error,
            },
            Some(error) => error,
            None => JupyterError::NotListening { action: "hear the kernel" },
        };
        self.link = None;
        self.suspect = true;
        cell.fail(port::failed(error)).await;
        Some(Fate::LivesOn)
    }
}

fn show(display: Display) -> CellServerMessage {
    let Display { data, metadata, id, kind } = display;
    let result = CellOutput { data, metadata, is_main: kind == DisplayKind::Value, display_id: id };
    match kind {
        DisplayKind::Value | DisplayKind::Shown => CellServerMessage::Result(result),
        DisplayKind::Update => CellServerMessage::Update(result),
    }
}

async fn at(alarm: Option<Instant>) {
    match alarm {
        Some(alarm) => tokio::time::sleep_until(alarm).await,
        None => std::future::pending().await,
    }
}
