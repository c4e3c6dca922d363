//! WebSockets: who opens one, and how messages travel on it.

mod channel;
mod upgrade;

pub(crate) use channel::{Gone, Received, Receiver, Sender};
pub(crate) use upgrade::Upgrade;
