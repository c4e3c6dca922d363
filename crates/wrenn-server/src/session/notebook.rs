//! The cells of a notebook, live.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use tokio::sync::mpsc;
use wrenn_api::{CellClientMessage, CellServerMessage};
use wrenn_control::{CellRun, CellStop};

use super::{End, Target, close};
use crate::ws::{Gone, Received, Receiver, Sender};

/// The most cells of one client that wait for their turn.
const WAITING: usize = 256;

/// What the reading side hands to the writing side.
enum Item {
    Run(CellRun),
    Refused(String),
}

/// What stops the cells of a client whose ends it has not been told yet, in order. An interrupt is for the first of them: what
/// others run in the notebook is theirs.
#[derive(Default)]
struct Stops(Mutex<VecDeque<CellStop>>);

impl Stops {
    fn push(&self, stop: CellStop) {
        self.lock().push_back(stop);
    }

    fn pop(&self) {
        self.lock().pop_front();
    }

    fn stop_first(&self) {
        if let Some(stop) = self.lock().front() {
            stop.stop();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, VecDeque<CellStop>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the cells that the client sends, one after the other, until it leaves. The cell that runs then runs on within
/// its time limit; those that wait are not begun.
pub(crate) async fn cells(target: Target, notebook: String, mut sender: Sender, mut receiver: Receiver) {
    let (queue, items) = mpsc::channel(WAITING);
    let stops = Stops::default();
    let end = tokio::select! {
        end = write(&target, items, &stops, &mut sender) => end.unwrap_or_else(End::from),
        end = read(&target, &notebook, queue, &stops, &mut receiver) => end,
        () = target.app.stopping.cancelled() => End::Stopping,
    };
    close(end, sender, receiver).await;
}

async fn write(
    target: &Target,
    mut items: mpsc::Receiver<Item>,
    stops: &Stops,
    sender: &mut Sender,
) -> Result<End, Gone> {
    let mut ping = sender.pings();
    loop {
        let item = tokio::select! {
            item = items.recv() => item,
            _ = ping.tick() => {
                sender.ping().await?;
                continue;
            }
        };
        match item {
            None => return Ok(End::Finished),
            Some(Item::Refused(reason)) => sender.send(&CellServerMessage::Error { data: reason }).await?,
            Some(Item::Run(run)) => {
                follow(target, run, sender, &mut ping).await?;
                stops.pop();
            }
        }
    }
}

async fn follow(
    target: &Target,
    mut run: CellRun,
    sender: &mut Sender,
    ping: &mut tokio::time::Interval,
) -> Result<(), Gone> {
    let mut ended = false;
    loop {
        let message = tokio::select! {
            message = run.next() => message,
            _ = ping.tick() => {
                sender.ping().await?;
                continue;
            }
        };
        match message {
            Some(Ok(message)) => {
                ended = matches!(message, CellServerMessage::End(_));
                sender.send(&message).await?;
            }
            Some(Err(refusal)) => {
                ended = true;
                sender.send(&CellServerMessage::Error { data: refusal.message().to_owned() }).await?;
            }
            None if ended => return Ok(()),
            None => {
                let Target { app, team, id } = target;
                let data = match app.control.check_running(team, id).await {
                    Ok(()) => "The notebook was deleted while the cell waited or ran.".to_owned(),
                    Err(reason) => reason.message().to_owned(),
                };
                return sender.send(&CellServerMessage::Error { data }).await;
            }
        }
    }
}

async fn read(
    target: &Target,
    notebook: &str,
    queue: mpsc::Sender<Item>,
    stops: &Stops,
    receiver: &mut Receiver,
) -> End {
    let Target { app, team, id } = target;
    loop {
        let item = match receiver.next().await {
            Err(gone) => return gone.into(),
            Ok(Received::Message(CellClientMessage::Exec(request))) => {
                match app.control.start_cell(team, id, notebook, &request).await {
                    Ok(run) => {
                        stops.push(run.stopper());
                        Item::Run(run)
                    }
                    Err(refusal) => Item::Refused(refusal.message().to_owned()),
                }
            }
            Ok(Received::Message(CellClientMessage::Interrupt)) => {
                stops.stop_first();
                continue;
            }
            Ok(Received::Message(CellClientMessage::Ping)) => {
                // A capsule that has ended says so with the next cell.
                let _ = app.control.ping_capsule(team, id).await;
                continue;
            }
            Ok(Received::Message(CellClientMessage::Pong | CellClientMessage::Auth { .. })) => continue,
            Ok(Received::Malformed(reason)) => Item::Refused(reason),
            Ok(Received::Binary(_)) => Item::Refused("Send messages as text.".to_owned()),
        };
        // A client that sends more than waits here is made to wait.
        if queue.send(item).await.is_err() {
            return End::Finished;
        }
    }
}
