//! A cell in a kernel.

use std::time::Duration;

use tokio::time::Instant;
use wrenn_api::{CellError, CellOutput, CellServerMessage};
use wrenn_jupyter::{Display, DisplayKind, Event, JupyterError, Message, ReplyStatus};

use super::{
    super::{
        cell::{Cell, Run},
        port,
        registry::Order,
    },
    Actor, Fate, hear_result,
    link::PATIENCE,
    orders::lost,
};

/// How often the connection may be lost during one cell.
const MOST_LOSSES: u32 = 3;
/// How long one message may wait for its reader. Meanwhile the kernel is not heard, so that what it says fills the capsule's
/// memory.
const SLOW: Duration = Duration::from_secs(20);
/// The same once the cell was interrupted: that it has ended shall be heard before its kernel is started anew.
const SLOW_END: Duration = Duration::from_secs(4);

const DIED: (&str, &str) = (
    "KernelDied",
    "the kernel ended while the cell ran, as by os._exit or for want of memory, and was started anew; variables are lost",
);
const RESTARTED: (&str, &str) = ("KernelRestarted", "the kernel was started anew; variables are lost");
const STUBBORN: (&str, &str) = (
    "KernelRestarted",
    "the cell did not stop when it was interrupted, so the kernel was started anew; variables are lost",
);
const UNCERTAIN: (&str, &str) = (
    "KernelUnreachable",
    "the kernel could not be restarted or deleted, so the cell was given up; it may run on, and variables may be lost",
);
const TOO_SLOW: (&str, &str) = (
    "SlowReader",
    "what the cell wrote was not read in time, so the cell was interrupted; what it wrote from then on is lost",
);
const DELETED: (&str, &str) = ("NotebookDeleted", "the notebook was deleted while the cell ran");
const ABORTED: (&str, &str) =
    ("Aborted", "the kernel did not run the cell, because what it ran before was interrupted");

/// What happens next while a cell runs.
enum Step {
    Order(Order),
    Alarm,
    Stop,
    TooSlow,
    Told,
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
    /// What its reader had no room for yet, and until when it waits. The kernel is heard only when there is nothing.
    pending: Option<CellServerMessage>,
    patience: Option<Instant>,
    too_slow: bool,
    stopped: bool,
}

impl Progress {
    fn new(request: String, run: Run, alarm: Option<Instant>) -> Self {
        Self {
            request,
            run,
            alarm,
            error: None,
            replied: false,
            idle: false,
            losses: 0,
            pending: None,
            patience: None,
            too_slow: false,
            stopped: false,
        }
    }

    fn say(&mut self, message: CellServerMessage) {
        if !self.too_slow {
            self.pending = Some(message);
            self.patience = Some(Instant::now() + if self.is_interrupted() { SLOW_END } else { SLOW });
        }
    }

    fn is_interrupted(&self) -> bool {
        self.run.timed_out || self.stopped
    }

    /// Notes that the cell was interrupted.
    fn hurry(&mut self) {
        let soon = Instant::now() + SLOW_END;
        self.patience = self.patience.map(|patience| patience.min(soon));
    }
}

impl Actor {
    /// Runs a cell in the kernel that is linked.
    pub(super) async fn run_cell(&mut self, cell: &Cell) -> Fate {
        let Some(request) = self.begin(cell).await else { return Fate::LivesOn };
        let run = Run::begin();
        let alarm = cell.limit.and_then(|limit| run.began.checked_add(limit));
        let mut progress = Progress::new(request, run, alarm);
        loop {
            let step = tokio::select! {
                biased;
                Some(order) = self.orders.recv() => Step::Order(order),
                () = at(progress.alarm) => Step::Alarm,
                () = cell.stopped(), if !progress.stopped => Step::Stop,
                () = at(progress.patience) => Step::TooSlow,
                () = cell.tell(&mut progress.pending), if progress.pending.is_some() => Step::Told,
                message = hear_result(&mut self.link), if progress.pending.is_none() => Step::Message(message),
            };
            let end = match step {
                Step::Order(order) => self.obey_during(order, cell, &progress.run).await,
                Step::Alarm => self.stop(cell, &mut progress).await,
                Step::Stop => {
                    progress.stopped = true;
                    progress.hurry();
                    self.try_interrupt().await;
                    None
                }
                Step::TooSlow => {
                    progress.too_slow = true;
                    (progress.pending, progress.patience) = (None, None);
                    self.try_interrupt().await;
                    None
                }
                Step::Told => {
                    progress.patience = None;
                    None
                }
                Step::Message(Ok(Some(message))) => self.take_in(message, cell, &mut progress),
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
                cell.fail(error);
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
                self.suspect = restarted.is_err();
                let (name, value) = if self.suspect { UNCERTAIN } else { RESTARTED };
                lost(cell, run, name, value);
                reply.send(restarted).ok();
                Some(Fate::LivesOn)
            }
            Order::Delete(reply) => {
                let deleted = self.delete().await;
                let fate = self.after_delete(&deleted);
                self.suspect = fate == Fate::LivesOn;
                let (name, value) = if self.suspect { UNCERTAIN } else { DELETED };
                lost(cell, run, name, value);
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
            progress.hurry();
            self.try_interrupt().await;
            return None;
        }
        // A capsule that is paused meanwhile answers nothing; what was asked of it is looked after by the next cell.
        let (name, value) = match tokio::time::timeout(PATIENCE, self.restart()).await {
            Ok(Ok(())) => STUBBORN,
            Ok(Err(_)) | Err(_) => {
                self.link = None;
                self.suspect = true;
                UNCERTAIN
            }
        };
        lost(cell, &progress.run, name, value);
        Some(Fate::LivesOn)
    }

    /// Interrupts the cell, which ends by its limit if that fails.
    async fn try_interrupt(&mut self) {
        if let Err(error) = self.interrupt().await {
            tracing::debug!(%error, capsule = %self.id, "cannot interrupt a cell");
        }
    }

    fn take_in(&mut self, message: Message, cell: &Cell, progress: &mut Progress) -> Option<Fate> {
        let Message { parent, event } = message;
        match event {
            Event::Restarting | Event::Dead => {
                // The connection would go on, but a fresh one waits until the kernel is there.
                self.link = None;
                lost(cell, &progress.run, DIED.0, DIED.1);
                return Some(Fate::LivesOn);
            }
            // What other clients of the kernel are told.
            _ if parent.as_ref() != Some(&progress.request) => {}
            Event::Began { execution_count } => {
                progress.run.execution_count = Some(execution_count);
                progress.say(CellServerMessage::Start { execution_count: Some(execution_count) });
            }
            Event::Stdout(data) => progress.say(CellServerMessage::Stdout { data }),
            Event::Stderr(data) => progress.say(CellServerMessage::Stderr { data }),
            Event::Clear { wait } => progress.say(CellServerMessage::Clear { wait }),
            Event::Display(display) => progress.say(show(display)),
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
            let slow = progress.too_slow.then_some(TOO_SLOW).map(|(name, value)| CellError {
                name: name.to_owned(),
                value: value.to_owned(),
                traceback: Vec::new(),
            });
            cell.end(&progress.run, slow.or_else(|| progress.error.take()));
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
                self.try_interrupt().await;
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
        cell.fail(port::failed(error));
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
