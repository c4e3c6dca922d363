//! How a command's output goes to a client.

use bytes::{BufMut, Bytes, BytesMut};
use wrenn_api::{STDERR_FRAME, STDOUT_FRAME, StreamServerMessage};
use wrenn_control::Text;

use crate::ws::{Gone, Sender};

/// What a client asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Format {
    /// Output byte by byte in binary frames, instead of as text in messages.
    #[serde(default)]
    binary: bool,
}

/// Both of a command's outputs on their way to one client.
pub(super) struct Output {
    format: Format,
    stdout: Text,
    stderr: Text,
}

impl Output {
    pub(super) fn new(format: Format) -> Self {
        Self { format, stdout: Text::default(), stderr: Text::default() }
    }

    pub(super) async fn stdout(&mut self, sender: &mut Sender, bytes: Bytes) -> Result<(), Gone> {
        if self.format.binary {
            return sender.binary(frame(STDOUT_FRAME, &bytes)).await;
        }
        say(sender, self.stdout.push(bytes), |data| StreamServerMessage::Stdout { data }).await
    }

    pub(super) async fn stderr(&mut self, sender: &mut Sender, bytes: Bytes) -> Result<(), Gone> {
        if self.format.binary {
            return sender.binary(frame(STDERR_FRAME, &bytes)).await;
        }
        say(sender, self.stderr.push(bytes), |data| StreamServerMessage::Stderr { data }).await
    }

    /// Sends what was held back for characters that are not whole.
    pub(super) async fn finish(&mut self, sender: &mut Sender) -> Result<(), Gone> {
        say(sender, self.stdout.finish(), |data| StreamServerMessage::Stdout { data }).await?;
        say(sender, self.stderr.finish(), |data| StreamServerMessage::Stderr { data }).await
    }
}

/// One output's bytes behind the byte that says which one it is.
fn frame(kind: u8, bytes: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(1 + bytes.len());
    frame.put_u8(kind);
    frame.put_slice(bytes);
    frame.freeze()
}

async fn say(
    sender: &mut Sender,
    text: String,
    message: impl FnOnce(String) -> StreamServerMessage,
) -> Result<(), Gone> {
    if text.is_empty() { Ok(()) } else { sender.send(&message(text)).await }
}
