//! The first message of a session, which says what it is about.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};

use crate::ws::{Gone, Received, Receiver, Sender};

/// How long a client may take to say what it wants.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits for a message that `pick` accepts, past pings; tells the client when another one comes or none.
pub(super) async fn first<M, T, E: Serialize>(
    sender: &mut Sender,
    receiver: &mut Receiver,
    pick: impl Fn(M) -> Pick<T>,
    refuse: impl Fn(String) -> E,
) -> Option<T>
where
    M: DeserializeOwned,
{
    let deadline = tokio::time::Instant::now() + LIMIT;
    let reason = loop {
        break match tokio::time::timeout_at(deadline, receiver.next::<M>()).await {
            Ok(Err(Gone)) => return None,
            Ok(Ok(Received::Message(message))) => match pick(message) {
                Pick::This(value) => return Some(value),
                Pick::Later => continue,
                Pick::Never => "Send a start message first.".to_owned(),
            },
            Ok(Ok(Received::Malformed(reason))) => reason,
            Ok(Ok(Received::Binary(_))) | Err(_) => "Send a start message first.".to_owned(),
        };
    };
    // When the client has left meanwhile, there is nobody to tell.
    let _ = sender.send(&refuse(reason)).await;
    None
}

/// What a message is to somebody who waits for the first one.
pub(super) enum Pick<T> {
    /// The one.
    This(T),
    /// Nothing that matters.
    Later,
    /// Something that may only come later.
    Never,
}
