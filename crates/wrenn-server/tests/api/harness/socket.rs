//! A WebSocket client that says what it gets.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{io::AsyncReadExt, net::TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest, protocol::CloseFrame},
};

use super::Client;

/// Longer than anything takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// A client's end.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens one with a valid key.
    pub(crate) async fn open(server: &Client, path: &str) -> Self {
        Self::with(server, path, Some(&server.key)).await
    }

    /// Opens one with any key, or none.
    pub(crate) async fn with(server: &Client, path: &str, key: Option<&str>) -> Self {
        let mut request = format!("ws://{}{path}", server.address).into_client_request().expect("an address");
        if let Some(key) = key {
            request.headers_mut().insert("x-api-key", key.parse().expect("a header"));
        }
        Self(connect_async(request).await.expect("a WebSocket").0)
    }

    /// Sends a message.
    pub(crate) async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.expect("it is open");
    }

    /// Sends any frame.
    pub(crate) async fn frame(&mut self, message: Message) {
        self.0.send(message).await.expect("it is open");
    }

    /// The next frame that is no ping.
    pub(crate) async fn hear(&mut self) -> Message {
        loop {
            let message = tokio::time::timeout(LIMIT, self.0.next()).await.expect("a message in time");
            match message.expect("not closed").expect("not broken") {
                Message::Ping(_) | Message::Pong(_) => {}
                message => return message,
            }
        }
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Value {
        let message = self.hear().await;
        serde_json::from_str(message.to_text().expect("text"))
            .unwrap_or_else(|_| panic!("no JSON: {message}"))
    }

    /// Every message until the server closes, and how it closes.
    pub(crate) async fn rest(&mut self) -> (Vec<Value>, Option<CloseFrame>) {
        let mut messages = Vec::new();
        loop {
            match self.hear().await {
                Message::Close(frame) => return (messages, frame),
                message => {
                    messages.push(serde_json::from_str(message.to_text().expect("text")).expect("JSON"));
                }
            }
        }
    }

    /// Says nothing, not even answers to pings, until the server closes the connection.
    pub(crate) async fn fall_silent(mut self) {
        let mut ignored = [0; 1024];
        let closed =
            async { while self.0.get_mut().read(&mut ignored).await.is_ok_and(|count| count > 0) {} };
        tokio::time::timeout(LIMIT, closed).await.expect("the server lets go in time");
    }

    /// Leaves without a word.
    pub(crate) fn vanish(self) {
        drop(self);
    }
}
