//! The channels of a kernel, all of them on one WebSocket.

use futures_util::{SinkExt as _, StreamExt as _};
use jupyter_protocol::{Channel, ExecuteRequest, JupyterMessage, JupyterMessageContent, KernelInfoRequest};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, protocol::WebSocketConfig},
};

use crate::{Connect, JupyterError, Message, Result, message};

/// The largest message that is taken from a kernel. Several of each notebook can be in memory at a time.
const LARGEST: usize = 16 << 20;

const READ: &str = "hear a kernel";
const WRITE: &str = "speak to a kernel";

/// An open connection to a kernel.
#[derive(Debug)]
pub struct Channels<S> {
    socket: WebSocketStream<S>,
    client: String,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Channels<S> {
    pub(crate) async fn open<C: Connect<Stream = S>>(server: &C, path: &str, client: &str) -> Result<Self> {
        const ACTION: &str = "open a kernel's channels";
        let stream = server.connect().await.map_err(JupyterError::connect(ACTION))?;
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let address = format!("ws://localhost{path}");
        match tokio_tungstenite::client_async_with_config(address, stream, Some(config)).await {
            Ok((socket, _)) => Ok(Self { socket, client: client.to_owned() }),
            Err(tungstenite::Error::Http(answer)) => Err(JupyterError::Refused {
                action: ACTION,
                status: answer.status().as_u16(),
                message: "it opened no WebSocket".to_owned(),
            }),
            Err(error) => Err(failed(ACTION, error)),
        }
    }

    /// Has the kernel run code; returns the id that what it says about it has as its parent. Code that asks for input is
    /// refused by the kernel.
    pub async fn execute(&mut self, code: &str) -> Result<String> {
        self.send(ExecuteRequest::new(code.to_owned())).await
    }

    /// Asks the kernel for a sign of life, which it gives when it has done what it was asked before.
    pub async fn probe(&mut self) -> Result<String> {
        self.send(KernelInfoRequest {}).await
    }

    /// The next thing that the kernel says; `None` when the connection has ended. Cancel-safe.
    pub async fn next(&mut self) -> Result<Option<Message>> {
        loop {
            let message = match self.socket.next().await {
                None | Some(Ok(tungstenite::Message::Close(_))) => return Ok(None),
                Some(Ok(message)) => message,
                Some(Err(tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed)) => {
                    return Ok(None);
                }
                Some(Err(error)) => return Err(failed(READ, error)),
            };
            let parsed = match &message {
                tungstenite::Message::Text(text) => message::parse(text.as_bytes()),
                tungstenite::Message::Binary(bytes) => message::parse_with_buffers(bytes),
                _ => continue,
            };
            match parsed {
                Ok(Some(message)) => return Ok(Some(message)),
                Ok(None) => {}
                // One message that cannot be read is no reason to lose the others.
                Err(reason) => tracing::debug!(reason, "a kernel's message was not understood"),
            }
        }
    }

    async fn send(&mut self, content: impl Into<JupyterMessageContent>) -> Result<String> {
        let message =
            JupyterMessage::new(content, None).with_channel(Channel::Shell).with_session(&self.client);
        let text = serde_json::to_string(&message).map_err(|error| JupyterError::malformed(WRITE, &error))?;
        let sent = self.socket.send(tungstenite::Message::text(text)).await;
        sent.map_err(|error| failed(WRITE, error))?;
        Ok(message.header.msg_id)
    }
}

fn failed(action: &'static str, error: tungstenite::Error) -> JupyterError {
    match error {
        tungstenite::Error::Capacity(_) => JupyterError::TooLarge { limit: LARGEST },
        error => JupyterError::connection(action)(error),
    }
}
