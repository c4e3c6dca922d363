//! The protocol's events, put on the wire without copying output.

use std::sync::Arc;

use buffa::Message as _;
use bytes::{BufMut as _, Bytes, BytesMut};
use connectrpc::{CodecFormat, ConnectError, Encodable, EncodedBody};
use wrenn_agent_proto::process::{
    ConnectResponse, ProcessEvent, StartResponse,
    process_event::{DataEvent, EndEvent, KeepAlive, StartEvent, data_event::Output},
};

use super::{
    log::{Chunk, Source},
    status::End,
};

/// What a stream tells about a process. The answers of Start and Connect have one shape.
#[derive(Debug)]
pub(super) enum Event {
    Started(u32),
    Output(Chunk),
    Ended(Arc<End>),
    KeepAlive,
}

impl Event {
    fn to_message(&self) -> StartResponse {
        let event = match self {
            Self::Started(pid) => StartEvent { pid: *pid, ..Default::default() }.into(),
            Self::Output(Chunk { source, bytes }) => {
                let bytes = bytes.clone();
                let output = match source {
                    Source::Stdout => Output::Stdout(bytes),
                    Source::Stderr => Output::Stderr(bytes),
                    Source::Pty => Output::Pty(bytes),
                };
                DataEvent { output: Some(output), ..Default::default() }.into()
            }
            Self::Ended(end) => EndEvent {
                exit_code: end.code,
                exited: end.exited,
                status: end.status.clone(),
                error: end.error.clone(),
                ..Default::default()
            }
            .into(),
            Self::KeepAlive => KeepAlive::default().into(),
        };
        let event = ProcessEvent { event, ..Default::default() };
        StartResponse { event: event.into(), ..Default::default() }
    }

    fn encode(&self, codec: CodecFormat) -> Result<EncodedBody, ConnectError> {
        match (codec, self) {
            (CodecFormat::Proto, Self::Output(chunk)) => {
                Ok(EncodedBody::from_segments(vec![header(chunk), chunk.bytes.clone()]))
            }
            (CodecFormat::Proto, _) => Ok(self.to_message().encode_to_bytes().into()),
            _ => {
                let json = serde_json::to_vec(&self.to_message());
                json.map(|json| Bytes::from(json).into())
                    .map_err(|error| ConnectError::internal(error.to_string()))
            }
        }
    }
}

impl Encodable<StartResponse> for Event {
    fn encode(&self, codec: CodecFormat) -> Result<Bytes, ConnectError> {
        Self::encode(self, codec).map(EncodedBody::into_contiguous)
    }

    fn encode_segments(&self, codec: CodecFormat) -> Result<EncodedBody, ConnectError> {
        Self::encode(self, codec)
    }
}

impl Encodable<ConnectResponse> for Event {
    fn encode(&self, codec: CodecFormat) -> Result<Bytes, ConnectError> {
        Self::encode(self, codec).map(EncodedBody::into_contiguous)
    }

    fn encode_segments(&self, codec: CodecFormat) -> Result<EncodedBody, ConnectError> {
        Self::encode(self, codec)
    }
}

/// What precedes output's bytes on the wire: the response's field 1, the event's field 2, and the output's own field,
/// each with its length.
fn header(chunk: &Chunk) -> Bytes {
    let field = match chunk.source {
        Source::Stdout => 1,
        Source::Stderr => 2,
        Source::Pty => 3,
    };
    let output = chunk.bytes.len();
    let data = 1 + varint_size(output) + output;
    let event = 1 + varint_size(data) + data;
    let mut header = BytesMut::with_capacity(24);
    for (field, length) in [(1, event), (2, data), (field, output)] {
        const LENGTH_DELIMITED: u8 = 2;
        header.put_u8(field << 3 | LENGTH_DELIMITED);
        put_varint(&mut header, length);
    }
    header.freeze()
}

fn varint_size(mut value: usize) -> usize {
    let mut size = 1;
    while value >= 0x80 {
        value >>= 7;
        size += 1;
    }
    size
}

fn put_varint(buffer: &mut BytesMut, mut value: usize) {
    while value >= 0x80 {
        buffer.put_u8((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    buffer.put_u8(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_by_hand_is_what_the_generated_code_writes() {
        for source in [Source::Stdout, Source::Stderr, Source::Pty] {
            for size in [0, 1, 121, 122, 127, 128, 16_383, 16_384, 70_000] {
                let event = Event::Output(Chunk { source, bytes: Bytes::from(vec![7; size]) });
                let ours = event.encode(CodecFormat::Proto).expect("it encodes").into_contiguous();
                assert_eq!(ours, event.to_message().encode_to_bytes(), "{source:?} of {size} bytes");
            }
        }
    }
}
