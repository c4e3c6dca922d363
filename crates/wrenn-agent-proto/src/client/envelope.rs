//! The frames in which streams carry messages: a byte of flags, four of length, the message.

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::{AgentError, pool::Lease};

const HEADER: usize = 5;
const COMPRESSED: u8 = 1;
const END: u8 = 2;
/// More than the agent ever puts in one message.
const MAX_MESSAGE: usize = 64 << 20;

/// A message in its frame.
pub(super) fn message(message: &Bytes) -> Bytes {
    let mut frame = BytesMut::with_capacity(HEADER + message.len());
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("a message is below 4 GiB"));
    frame.put_slice(message);
    frame.freeze()
}

/// The messages of an answer, as they arrive.
#[derive(Debug)]
pub(super) struct Envelopes {
    operation: &'static str,
    /// Until the end.
    body: Option<(Incoming, Lease)>,
    buffer: Buffer,
}

impl Envelopes {
    pub(super) fn new(operation: &'static str, body: Incoming, lease: Lease) -> Self {
        Self { operation, body: Some((body, lease)), buffer: Buffer::default() }
    }

    /// The next message, or nothing once the agent ended the stream in peace. Cancel-safe.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, AgentError> {
        let result = self.read().await;
        if !matches!(result, Ok(Some(_))) {
            self.body = None;
        }
        result
    }

    pub(super) fn operation(&self) -> &'static str {
        self.operation
    }

    async fn read(&mut self) -> Result<Option<Bytes>, AgentError> {
        loop {
            let Some((body, _)) = &mut self.body else { return Ok(None) };
            match self.buffer.take().map_err(|error| AgentError::malformed(self.operation, error))? {
                Some((flags, message)) if flags & END != 0 => return end(&message).map(|()| None),
                Some((_, message)) => return Ok(Some(message)),
                None => {}
            }
            let frame =
                body.frame().await.transpose().map_err(|error| AgentError::lost(self.operation, error))?;
            match frame.map(http_body::Frame::into_data) {
                Some(Ok(data)) => self.buffer.push(data),
                Some(Err(_trailers)) => {}
                None => return Err(AgentError::lost(self.operation, "the stream was cut off")),
            }
        }
    }
}

/// The last frame says how the stream ended.
fn end(message: &[u8]) -> Result<(), AgentError> {
    let end: serde_json::Value = serde_json::from_slice(message).unwrap_or_default();
    match end.get("error") {
        None => Ok(()),
        Some(error) => {
            Err(AgentError::refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string().as_bytes()))
        }
    }
}

/// Bytes on their way to becoming frames. A message that lies in one piece is not copied.
#[derive(Debug, Default)]
struct Buffer {
    whole: Bytes,
    parts: BytesMut,
}

impl Buffer {
    fn push(&mut self, data: Bytes) {
        if self.parts.is_empty() && self.whole.is_empty() {
            self.whole = data;
            return;
        }
        if !self.whole.is_empty() {
            let rest = std::mem::take(&mut self.whole);
            self.parts.reserve(needed(&rest).max(rest.len() + data.len()));
            self.parts.extend_from_slice(&rest);
        }
        self.parts.extend_from_slice(&data);
    }

    fn take(&mut self) -> Result<Option<(u8, Bytes)>, &'static str> {
        if !self.parts.is_empty() {
            if self.parts.len() < needed(&self.parts) {
                return check(&self.parts).map(|()| None);
            }
            self.whole = std::mem::take(&mut self.parts).freeze();
        }
        check(&self.whole)?;
        let needed = needed(&self.whole);
        if self.whole.len() < needed {
            return Ok(None);
        }
        let mut frame = self.whole.split_to(needed);
        let flags = frame.get_u8();
        frame.advance(HEADER - 1);
        Ok(Some((flags, frame)))
    }
}

/// How long the frame is that starts here; the header's length as long as that is not all there.
fn needed(bytes: &[u8]) -> usize {
    match bytes {
        [_, a, b, c, d, ..] => HEADER + u32::from_be_bytes([*a, *b, *c, *d]) as usize,
        _ => HEADER,
    }
}

fn check(bytes: &[u8]) -> Result<(), &'static str> {
    if needed(bytes) > MAX_MESSAGE {
        return Err("a message is too long");
    }
    if bytes.first().is_some_and(|flags| flags & COMPRESSED != 0) {
        return Err("a message is compressed, which was not asked for");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_survive_any_fragmentation() {
        let messages: Vec<Bytes> =
            (0..50_usize).map(|n| Bytes::from(vec![u8::try_from(n).unwrap_or(0); n * 7 % 31])).collect();
        let wire: Vec<u8> = messages.iter().flat_map(message).collect();
        for size in [1, 2, 3, 5, 7, 64, 1000] {
            let mut buffer = Buffer::default();
            let mut seen = Vec::new();
            for piece in wire.chunks(size) {
                buffer.push(Bytes::copy_from_slice(piece));
                while let Some((flags, message)) = buffer.take().expect("the frames are good") {
                    assert_eq!(flags, 0);
                    seen.push(message);
                }
            }
            assert_eq!(seen, messages, "in pieces of {size}");
        }
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused() {
        let mut buffer = Buffer::default();
        buffer.push(Bytes::from_static(&[0, 255, 255, 255, 255, 1]));
        assert!(buffer.take().is_err());
    }

    #[test]
    fn the_end_carries_the_error() {
        assert!(end(b"{}").is_ok());
        let error = end(br#"{"error":{"code":"not_found","message":"Gone."}}"#).expect_err("it is an error");
        assert_eq!(
            (error.code(), error.to_string()),
            (Some(connectrpc::ErrorCode::NotFound), "Gone.".to_owned())
        );
    }
}
