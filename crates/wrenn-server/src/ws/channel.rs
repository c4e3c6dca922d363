//! The two directions of an open WebSocket.
//!
//! Sending waits for the client: as long as it does not read, nothing is taken from the capsule, whose process waits in
//! turn. A client that is there but slow may take [`Config::patience`] over one message; one that shows no sign of life
//! for that long is taken for gone. (That its machine is gone is usually noticed sooner, by TCP.)

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use crate::Config;

/// The client has left, or is taken for gone.
#[derive(Debug)]
pub(crate) struct Gone;

/// What a client sent.
#[derive(Debug)]
pub(crate) enum Received<M> {
    /// A message.
    Message(M),
    /// A binary frame.
    Binary(Bytes),
    /// Something that is no message, and why.
    Malformed(String),
}

type LastSeen = Arc<Mutex<Instant>>;

/// The direction to the client.
pub(crate) struct Sender {
    sink: SplitSink<WebSocket, Message>,
    seen: LastSeen,
    patience: Duration,
    pings: Duration,
}

/// The direction from the client.
pub(crate) struct Receiver {
    stream: SplitStream<WebSocket>,
    seen: LastSeen,
}

/// Splits a fresh WebSocket.
pub(crate) fn split(socket: WebSocket, config: &Config) -> (Sender, Receiver) {
    let seen = Arc::new(Mutex::new(Instant::now()));
    let (sink, stream) = socket.split();
    let (patience, pings) = (config.patience, config.ping_interval);
    (Sender { sink, seen: seen.clone(), patience, pings }, Receiver { stream, seen })
}

impl Sender {
    /// Sends a message as JSON text.
    pub(crate) async fn send<M: Serialize>(&mut self, message: &M) -> Result<(), Gone> {
        let text = serde_json::to_string(message).map_err(|_| Gone)?;
        self.frame(Message::Text(text.into())).await
    }

    /// Sends bytes as they are.
    pub(crate) async fn binary(&mut self, bytes: Bytes) -> Result<(), Gone> {
        self.frame(Message::Binary(bytes)).await
    }

    /// Ticks whenever the client shall be asked for a sign of life.
    pub(crate) fn pings(&self) -> Interval {
        let mut ticks = interval_at(tokio::time::Instant::now() + self.pings, self.pings);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        ticks
    }

    /// Asks for a sign of life, unless there was none for too long.
    pub(crate) async fn ping(&mut self) -> Result<(), Gone> {
        let silent = self.seen.lock().unwrap_or_else(PoisonError::into_inner).elapsed();
        if silent > self.patience {
            return Err(Gone);
        }
        self.frame(Message::Ping(Bytes::new())).await
    }

    /// Ends the connection in peace.
    pub(crate) async fn close(self) {
        self.close_with(close_code::NORMAL, "").await;
    }

    /// Ends the connection because the server stops.
    pub(crate) async fn close_away(self) {
        self.close_with(close_code::AWAY, "The server is stopping. Connect again in a moment.").await;
    }

    async fn close_with(mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code, reason: reason.into() };
        // Whether the client still gets it is its own business.
        let _ =
            tokio::time::timeout(Duration::from_secs(5), self.sink.send(Message::Close(Some(frame)))).await;
    }

    async fn frame(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(self.patience, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }
}

impl Receiver {
    /// The next message. Cancel-safe.
    pub(crate) async fn next<M: DeserializeOwned>(&mut self) -> Result<Received<M>, Gone> {
        loop {
            let message = self.stream.next().await.and_then(Result::ok).ok_or(Gone)?;
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            return Ok(match message {
                Message::Ping(_) | Message::Pong(_) => continue,
                Message::Close(_) => return Err(Gone),
                Message::Binary(bytes) => Received::Binary(bytes),
                Message::Text(text) => match serde_json::from_str(&text) {
                    Ok(message) => Received::Message(message),
                    Err(error) => {
                        Received::Malformed(format!("Correct the message; it was not understood: {error}."))
                    }
                },
            });
        }
    }

    /// Reads on until the client has answered the closing, so that what was sent last is not lost to it.
    pub(crate) async fn drain(mut self) {
        let closed = async { while let Some(Ok(_)) = self.stream.next().await {} };
        let _ = tokio::time::timeout(Duration::from_secs(2), closed).await;
    }
}
