//! The cells of a notebook, live.

use tokio::sync::mpsc;
use wrenn_api::{CellClientMessage, CellServerMessage};
use wrenn_control::CellRun;

use super::{End, Target, close};
use crate::ws::{Gone, Received, Receiver, Sender};

/// The most cells of one client that wait for their turn.
const WAITING: usize = 256;

/// What the reading side hands to the writing side.
enum Item {
    Run(CellRun),
    Refused(String),
}

/// Runs the cells that the client sends, one after the other, until it leaves. The cell that runs then runs on within
/// its time limit; those that wait are not begun.
pub(crate) async fn cells(target: Target, notebook: String, mut sender: Sender, mut receiver: Receiver) {
    let (queue, items) = mpsc::channel(WAITING);
    let end = tokio::select! {
        end = write(items, &mut sender) => end.unwrap_or_else(End::from),
        end = read(&target, &notebook, queue, &mut receiver) => end,
        () = target.app.stopping.cancelled() => End::Stopping,
    };
    close(end, sender, receiver).await;
}

async fn write(mut items: mpsc::Receiver<Item>, sender: &mut Sender) -> Result<End, Gone> {
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
            Some(Item::Run(run)) => follow(run, sender, &mut ping).await?,
        }
    }
}

async fn follow(mut run: CellRun, sender: &mut Sender, ping: &mut tokio::time::Interval) -> Result<(), Gone> {
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
                let data = "The notebook or its capsule was ended while the cell waited or ran.".to_owned();
                return sender.send(&CellServerMessage::Error { data }).await;
            }
        }
    }
}

async fn read(target: &Target, notebook: &str, queue: mpsc::Sender<Item>, receiver: &mut Receiver) -> End {
    let Target { app, team, id } = target;
    loop {
        let item = match receiver.next().await {
            Err(gone) => return gone.into(),
            Ok(Received::Message(CellClientMessage::Exec(request))) => {
                match app.control.start_cell(team, id, notebook, &request).await {
                    Ok(run) => Item::Run(run),
                    Err(refusal) => Item::Refused(refusal.message().to_owned()),
                }
            }
            Ok(Received::Message(CellClientMessage::Interrupt)) => {
                match app.control.interrupt_notebook(team, id, notebook).await {
                    Ok(()) => continue,
                    Err(refusal) => Item::Refused(refusal.message().to_owned()),
                }
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
