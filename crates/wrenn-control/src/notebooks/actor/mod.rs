//! The actor of a notebook: keeps the way to its kernel open, runs its cells one after the other, and does what it is
//! told meanwhile.
//!
//! ```text
//!            cell, order              message
//!   clients ────────────► Actor ◄───────────────── kernel
//!      ▲                    │   ─────────────────►   ▲
//!      └────────────────────┘     execute            │ interrupt, restart (requests of their own)
//!        what comes of a cell                        │
//! ```

mod link;
mod orders;
mod run;

use std::sync::Weak;

use tokio::sync::mpsc;
use wrenn_agent_proto::AgentClient;
use wrenn_api::CapsuleId;
use wrenn_jupyter::{Event, Jupyter, JupyterError, Message};

use self::link::{Link, Place};
use super::{cell::Cell, plain, port::Port, registry::Order};
use crate::control::Inner;

/// The exception of a cell that was stopped otherwise than by its kernel.
const INTERRUPTED: &str = "Interrupted";

/// A notebook's actor. Dropping it leaves the kernel alone.
pub(super) struct Actor {
    control: Weak<Inner>,
    id: CapsuleId,
    name: String,
    agent: AgentClient,
    jupyter: Jupyter<Port>,
    /// See [`link::new_client`].
    client: String,
    link: Option<Link>,
    /// The kernel may still be busy with a cell that was given up.
    suspect: bool,
    cells: mpsc::Receiver<Cell>,
    orders: mpsc::Receiver<Order>,
}

/// Whether the notebook goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    LivesOn,
    Deleted,
}

enum Next {
    Cell(Cell),
    Order(Order),
    Message(Option<Message>),
    Nobody,
}

impl Actor {
    pub(super) fn new(
        control: Weak<Inner>,
        id: CapsuleId,
        name: String,
        agent: AgentClient,
        cells: mpsc::Receiver<Cell>,
        orders: mpsc::Receiver<Order>,
    ) -> Self {
        let jupyter = Jupyter::new(Port(agent.clone()));
        let client = link::new_client();
        Self { control, id, name, agent, jupyter, client, link: None, suspect: false, cells, orders }
    }

    /// Lives until the notebook is deleted or nobody can ask for it any more.
    pub(super) async fn run(mut self) {
        loop {
            let next = tokio::select! {
                biased;
                order = self.orders.recv() => order.map_or(Next::Nobody, Next::Order),
                cell = self.cells.recv() => cell.map_or(Next::Nobody, Next::Cell),
                message = hear(&mut self.link) => Next::Message(message),
            };
            let fate = match next {
                Next::Nobody => return,
                Next::Order(order) => self.obey(order).await,
                Next::Cell(cell) => self.take(cell).await,
                Next::Message(message) => {
                    self.notice(message);
                    Fate::LivesOn
                }
            };
            if fate == Fate::Deleted {
                return;
            }
        }
    }

    async fn take(&mut self, cell: Cell) -> Fate {
        if cell.is_abandoned() {
            return Fate::LivesOn;
        }
        let place = tokio::select! {
            biased;
            () = cell.stopped() => {
                orders::stopped(&cell, INTERRUPTED, "the cell was stopped before it began");
                return Fate::LivesOn;
            }
            place = self.connect() => place,
        };
        match place {
            Ok(Place::Kernel) => self.run_cell(&cell).await,
            Ok(Place::Plain) => self.run_plain(&cell).await,
            Err(error) => {
                cell.fail(error);
                Fate::LivesOn
            }
        }
    }

    /// Without a kernel an interrupt ends the program, and so does everything else.
    async fn run_plain(&mut self, cell: &Cell) -> Fate {
        let order = {
            let run = plain::run(&self.agent, cell);
            tokio::pin!(run);
            tokio::select! {
                biased;
                () = &mut run => return Fate::LivesOn,
                Some(order) = self.orders.recv() => Some(order),
                () = cell.stopped() => None,
            }
        };
        // The program is being killed.
        orders::stopped(cell, INTERRUPTED, "the cell was stopped");
        let fate = match &order {
            Some(Order::Delete(_)) => self.after_delete(&Ok(())),
            Some(Order::Interrupt(_) | Order::Restart(_)) | None => Fate::LivesOn,
        };
        if let Some(order) = order {
            order.into_reply().send(Ok(())).ok();
        }
        fate
    }

    /// What the kernel says while it has nothing to do matters only when it dies.
    fn notice(&mut self, message: Option<Message>) {
        match message.map(|message| message.event) {
            None | Some(Event::Restarting | Event::Dead) => self.link = None,
            Some(_) => {}
        }
    }
}

/// The next message of a kernel; never one without a link. A broken connection is as good as ended.
async fn hear(link: &mut Option<Link>) -> Option<Message> {
    hear_result(link).await.ok().flatten()
}

async fn hear_result(link: &mut Option<Link>) -> Result<Option<Message>, JupyterError> {
    match link {
        Some(link) => link.channels.next().await,
        None => std::future::pending().await,
    }
}
