//! What kernels say, as far as it matters to whoever runs code.

use jupyter_protocol::{
    ClearOutput, ErrorOutput, ExecuteInput, ExecutionState, Header, Status, StreamContent,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// Something that a kernel said.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// The id of what it answers; `None` when nobody asked.
    pub parent: Option<String>,
    /// What it is.
    pub event: Event,
}

/// What a kernel can say.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It begins to run the code, as its so-and-so many-th.
    Began {
        /// Counts from 1.
        execution_count: u64,
    },
    /// The code wrote to its output.
    Stdout(String),
    /// The code wrote to its error output.
    Stderr(String),
    /// The code shows something.
    Display(Display),
    /// What was shown so far shall go.
    Clear {
        /// Only when something else is shown.
        wait: bool,
    },
    /// The code ended by an exception.
    Exception(Exception),
    /// The code has ended; what it wrote has all been said.
    Idle,
    /// The answer to the request itself, which may come before or after the last of what was written.
    Replied {
        /// How it went.
        status: ReplyStatus,
        /// As with [`Event::Began`].
        execution_count: Option<u64>,
    },
    /// The kernel has died and is started anew.
    Restarting,
    /// The kernel has died for good.
    Dead,
}

/// How a request went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyStatus {
    /// Well.
    #[default]
    Ok,
    /// Not well.
    Error,
    /// Not at all, because something before it failed.
    #[serde(alias = "abort")]
    Aborted,
}

/// Something to look at, in one or more forms.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// Its forms by MIME type: texts, images in base64, JSON.
    pub data: Map<String, Value>,
    /// More about the forms.
    pub metadata: Map<String, Value>,
    /// A name by which it can be replaced later.
    pub id: Option<String>,
    /// Why it is shown.
    pub kind: DisplayKind,
}

/// Why something is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DisplayKind {
    /// It is the value of the code's last expression.
    Value,
    /// The code wants it shown.
    Shown,
    /// It takes the place of what was shown under the same name.
    Update,
}

/// A Python exception, or what other languages have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// Its class.
    pub name: String,
    /// Its message.
    pub value: String,
    /// Where it came from, line by line, with the colours of a terminal.
    pub traceback: Vec<String>,
}

/// What a message is about. Its content is skipped, so that what does not matter costs no memory.
#[derive(Deserialize)]
struct Raw {
    header: Header,
    #[serde(default)]
    parent_header: RawParent,
}

/// Empty when nobody asked.
#[derive(Default, Deserialize)]
struct RawParent {
    #[serde(default)]
    msg_id: Option<String>,
}

#[derive(Deserialize)]
struct RawContent<T> {
    content: T,
}

/// Shown things keep their forms as they are, since every form is for somebody.
#[derive(Deserialize)]
struct RawDisplay {
    #[serde(default)]
    data: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
    #[serde(default)]
    transient: Option<Map<String, Value>>,
}

#[derive(Deserialize)]
struct RawReply {
    #[serde(default)]
    status: ReplyStatus,
    #[serde(default)]
    execution_count: Option<u64>,
}

/// Reads a message; `None` for what does not matter.
pub(crate) fn parse(json: &[u8]) -> Result<Option<Message>, String> {
    let raw: Raw = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let parent = raw.parent_header.msg_id;
    let kind = raw.header.msg_type.as_str();
    let event = match kind {
        "stream" => {
            let StreamContent { name, text } = read(json)?;
            match name {
                jupyter_protocol::Stdio::Stdout => Event::Stdout(text),
                jupyter_protocol::Stdio::Stderr => Event::Stderr(text),
            }
        }
        "execute_result" => Event::Display(display(json, DisplayKind::Value)?),
        "display_data" => Event::Display(display(json, DisplayKind::Shown)?),
        "update_display_data" => Event::Display(display(json, DisplayKind::Update)?),
        "clear_output" => Event::Clear { wait: read::<ClearOutput>(json)?.wait },
        "error" => {
            let ErrorOutput { ename: name, evalue: value, traceback } = read(json)?;
            Event::Exception(Exception { name, value, traceback })
        }
        "execute_input" => {
            let count = read::<ExecuteInput>(json)?.execution_count.value();
            Event::Began { execution_count: u64::try_from(count).unwrap_or_default() }
        }
        "execute_reply" | "kernel_info_reply" => {
            let RawReply { status, execution_count } = read(json)?;
            Event::Replied { status, execution_count }
        }
        "status" => match read::<Status>(json)?.execution_state {
            ExecutionState::Idle => Event::Idle,
            ExecutionState::Restarting | ExecutionState::AutoRestarting => Event::Restarting,
            ExecutionState::Dead => Event::Dead,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    };
    Ok(Some(Message { parent, event }))
}

/// Reads a message that comes with binary parts: their number, where each begins, the message, the parts.
pub(crate) fn parse_with_buffers(bytes: &[u8]) -> Result<Option<Message>, String> {
    let word = |index: usize| {
        let word = bytes.get(4 * index..4 * index + 4).and_then(|word| word.try_into().ok());
        word.map(u32::from_be_bytes).and_then(|word| usize::try_from(word).ok())
    };
    let (Some(count), Some(start)) = (word(0), word(1)) else { return Err("it is too short".to_owned()) };
    let end = if count > 1 { word(2).unwrap_or(bytes.len()) } else { bytes.len() };
    parse(bytes.get(start..end).ok_or("its parts are not where it says")?)
}

fn display(json: &[u8], kind: DisplayKind) -> Result<Display, String> {
    let RawDisplay { data, metadata, transient } = read(json)?;
    let id = transient.and_then(|transient| transient.get("display_id")?.as_str().map(str::to_owned));
    Ok(Display { data, metadata, id, kind })
}

/// Reads a message's content as what its kind says that it is.
fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, String> {
    let RawContent { content } = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, parent: &str, content: &str) -> Option<Message> {
        let header = |id: &str, kind: &str| {
            format!(
                r#"{{"msg_id":"{id}","username":"u","session":"s","date":"2026-01-01T00:00:00Z","msg_type":"{kind}","version":"5.3"}}"#
            )
        };
        let parent = if parent.is_empty() { "{}".to_owned() } else { header(parent, "execute_request") };
        let text = format!(
            r#"{{"header":{},"parent_header":{parent},"metadata":{{}},"content":{content},"channel":"iopub"}}"#,
            header("m", kind)
        );
        parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_matters_is_understood() {
        let message = of("stream", "p", r#"{"name":"stderr","text":"oh"}"#).unwrap();
        assert_eq!(message.parent.as_deref(), Some("p"));
        assert_eq!(message.event, Event::Stderr("oh".to_owned()));
        let message = of("status", "", r#"{"execution_state":"restarting"}"#).unwrap();
        assert_eq!(message, Message { parent: None, event: Event::Restarting });
        let reply = of("execute_reply", "p", r#"{"status":"aborted"}"#).unwrap();
        assert_eq!(reply.event, Event::Replied { status: ReplyStatus::Aborted, execution_count: None });
        assert_eq!(of("comm_open", "p", r#"{"comm_id":"1"}"#), None);
        assert!(parse(br#"{"header":{},"content":{}}"#).is_err());
    }

    #[test]
    fn shown_things_keep_every_form_as_it_is() {
        let content = r#"{"data":{"text/plain":"x","application/vnd.dataresource+json":[1],"a/b":null},
            "metadata":{"image/png":{"width":1}},"transient":{"display_id":"d"}}"#;
        let Some(Message { event: Event::Display(display), .. }) = of("update_display_data", "p", content)
        else {
            panic!("no display")
        };
        assert_eq!(display.kind, DisplayKind::Update);
        assert_eq!(display.id.as_deref(), Some("d"));
        assert_eq!(display.data.len(), 3);
        assert_eq!(display.metadata["image/png"]["width"], 1);
    }

    #[test]
    fn a_message_with_buffers_is_its_first_part() {
        let json = br#"{"header":{"msg_id":"m","username":"u","session":"s","msg_type":"clear_output","version":"5.3"},"content":{"wait":true}}"#;
        let start = 12_u32;
        let mut bytes = Vec::new();
        for word in [2, start, start + json.len() as u32] {
            bytes.extend(word.to_be_bytes());
        }
        bytes.extend(json);
        bytes.extend([0xff; 9]);
        let message = parse_with_buffers(&bytes).unwrap().unwrap();
        assert_eq!(message.event, Event::Clear { wait: true });
        for cut in [0, 3, 7] {
            assert!(parse_with_buffers(&bytes[..cut]).is_err());
        }
        assert!(parse_with_buffers(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]).is_err());
        assert!(parse(b"[]").is_err());
    }
}
