//! WebSocket connections that carry JSON messages.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::{
    SinkExt, Stream, StreamExt,
    stream::{SplitSink, SplitStream},
};
use http::header::HeaderValue;
use serde::{Serialize, de::DeserializeOwned};
use socket2::{SockRef, TcpKeepalive};
use tokio::{net::TcpStream, sync::Mutex};
use tokio_tungstenite::{
    Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::{ApiError, Client, Error, Result};

/// The largest message that is taken from a server. What a cell shows at once is at most 16 MiB, of which each byte can become
/// six in JSON.
const LARGEST: usize = 128 << 20;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A peer that is silent for this long is asked by TCP whether it is still there.
const KEEPALIVE_AFTER: Duration = Duration::from_secs(20);
/// Between two such questions.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// Opens a connection to a WebSocket route and parts it into its two directions.
pub(crate) async fn open(
    client: &Client,
    segments: &[&str],
    query: &[(&str, &str)],
    operation: String,
) -> Result<(Sender, Receiver)> {
    let limit = client.connect_timeout();
    let connecting = connect(client, segments, query, &operation);
    let socket = tokio::time::timeout(limit, connecting)
        .await
        .map_err(|_| Error::Timeout { operation: operation.clone(), after: limit })??;
    let (sink, stream) = socket.split();
    let sender = Sender { sink: Arc::new(Mutex::new(sink)), operation: operation.as_str().into() };
    Ok((sender, Receiver { stream, operation, done: false }))
}

async fn connect(
    client: &Client,
    segments: &[&str],
    query: &[(&str, &str)],
    operation: &str,
) -> Result<Socket> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::Connection {
        operation: operation.to_owned(),
        server: client.base_url().to_owned(),
        source,
    };
    let url = client.websocket_url(segments, query);
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = TcpStream::connect((host, port)).await.map_err(|error| failed(error.into()))?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_AFTER).with_interval(KEEPALIVE_INTERVAL);
    stream
        .set_nodelay(true)
        .and_then(|()| SockRef::from(&stream).set_tcp_keepalive(&keepalive))
        .map_err(|error| failed(error.into()))?;
    let mut request = url.as_str().into_client_request().map_err(|error| failed(error.into()))?;
    let key = HeaderValue::from_str(client.api_key()).map_err(|error| failed(error.into()))?;
    request.headers_mut().insert("x-api-key", key);
    let connector = client.tls().map_or(Connector::Plain, Connector::Rustls);
    let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
    match client_async_tls_with_config(request, stream, Some(config), Some(connector)).await {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::Error::Http(answer)) => {
            let request_id = answer.headers().get("x-request-id").and_then(|id| id.to_str().ok());
            let body = answer.body().as_deref().unwrap_or_default();
            let status = answer.status().as_u16();
            Err(ApiError::from_answer(operation, status, request_id.map(str::to_owned), body)
                .into_error(None))
        }
        Err(error) => Err(failed(error.into())),
    }
}

/// The way to the server. Clones write to the same connection, message by message.
#[derive(Debug, Clone)]
pub(crate) struct Sender {
    sink: Arc<Mutex<SplitSink<Socket, Message>>>,
    operation: Arc<str>,
}

impl Sender {
    /// Sends one JSON message; waits while the server does not read.
    pub(crate) async fn send(&self, message: &impl Serialize) -> Result<()> {
        let text =
            serde_json::to_string(message).unwrap_or_else(|error| unreachable!("a message is JSON: {error}"));
        self.sink.lock().await.send(Message::text(text)).await.map_err(|error| self.failed(&error))
    }

    /// Sends bytes as they are; waits while the server does not read.
    pub(crate) async fn send_bytes(&self, bytes: Bytes) -> Result<()> {
        self.sink.lock().await.send(Message::binary(bytes)).await.map_err(|error| self.failed(&error))
    }

    /// Says that nothing more follows; the server then closes the connection.
    pub(crate) async fn close(&self) -> Result<()> {
        match self.sink.lock().await.close().await {
            Ok(()) | Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed) => Ok(()),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn failed(&self, error: &tungstenite::Error) -> Error {
        Error::Disconnected { operation: self.operation.to_string(), reason: Some(error.to_string()) }
    }
}

/// The way from the server.
#[derive(Debug)]
pub(crate) struct Receiver {
    stream: SplitStream<Socket>,
    operation: String,
    done: bool,
}

/// One message from the server.
pub(crate) enum Incoming<M> {
    /// A text message of JSON.
    Json(M),
    /// Bytes as they are.
    Binary(Bytes),
}

impl Receiver {
    /// What the errors of this connection begin with.
    pub(crate) fn operation(&self) -> &str {
        &self.operation
    }

    /// The connection's end has come as it should: nothing more is delivered, and its closing is no error.
    pub(crate) fn finish(&mut self) {
        self.done = true;
    }

    /// The next message. The connection's end before [`Self::finish`] is an error, once; then there is nothing more.
    pub(crate) fn poll<M: DeserializeOwned>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Incoming<M>>>> {
        if self.done {
            return Poll::Ready(None);
        }
        loop {
            let message = ready!(Pin::new(&mut self.stream).poll_next(cx));
            let outcome = match message {
                Some(Ok(Message::Text(text))) => match serde_json::from_str(&text) {
                    Ok(message) => return Poll::Ready(Some(Ok(Incoming::Json(message)))),
                    Err(source) => Error::Decode { operation: self.operation.clone(), source },
                },
                Some(Ok(Message::Binary(bytes))) => return Poll::Ready(Some(Ok(Incoming::Binary(bytes)))),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(frame))) => self.disconnected(
                    frame.and_then(|frame| (!frame.reason.is_empty()).then(|| frame.reason.to_string())),
                ),
                Some(Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed))
                | None => self.disconnected(None),
                Some(Err(error)) => self.disconnected(Some(error.to_string())),
            };
            self.done = true;
            return Poll::Ready(Some(Err(outcome)));
        }
    }

    fn disconnected(&self, reason: Option<String>) -> Error {
        Error::Disconnected { operation: self.operation.clone(), reason }
    }
}
