//! WebSockets: who opens one, and how messages travel on it.

mod channel;
mod text;
mod upgrade;

pub(crate) use channel::{Gone, Received, Receiver, Sender};
pub(crate) use text::Text;
pub(crate) use upgrade::Upgrade;
