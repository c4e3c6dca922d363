//! What came of a cell, all of it.

use serde_json::{Map, Value};
use wrenn_api::{CellError, CellOutput, CellServerMessage, ExecCellResponse};

/// What a thing that is shown costs beside its contents, in bytes.
const OVERHEAD: usize = 256;
/// What a JSON value costs beside its text.
const NODE: usize = 32;

/// What came of a cell so far.
pub(super) struct Collected {
    response: ExecCellResponse,
    /// The next thing that is shown takes the place of all before it.
    clear: bool,
    size: usize,
    limit: usize,
}

impl Collected {
    /// Takes at most so many bytes, and with the last message what is above.
    pub(super) fn new(limit: usize) -> Self {
        Self { response: ExecCellResponse::default(), clear: false, size: 0, limit }
    }

    /// Takes a message; returns the whole after the last one.
    pub(super) fn take(&mut self, message: CellServerMessage) -> Option<ExecCellResponse> {
        match message {
            CellServerMessage::Start { execution_count } => self.response.execution_count = execution_count,
            CellServerMessage::Stdout { data } => {
                self.grow(data.len());
                self.response.stdout.push_str(&data);
            }
            CellServerMessage::Stderr { data } => {
                self.grow(data.len());
                self.response.stderr.push_str(&data);
            }
            CellServerMessage::Result(result) => {
                self.grow(size(&result));
                self.response.results.push(result);
            }
            CellServerMessage::Update(update) => {
                let size = size(&update);
                self.size += size;
                let same = |result: &&mut CellOutput| {
                    update.display_id.is_some() && result.display_id == update.display_id
                };
                for result in self.response.results.iter_mut().filter(same) {
                    // Each of them gets a copy, and there may be very many.
                    self.size += size;
                    if self.size > self.limit {
                        break;
                    }
                    result.data.clone_from(&update.data);
                    result.metadata.clone_from(&update.metadata);
                }
            }
            CellServerMessage::Clear { wait: true } => self.clear = true,
            CellServerMessage::Clear { wait: false } => self.clear_now(),
            CellServerMessage::Exception(error) => {
                self.size += error_size(&error);
                self.response.error = Some(error);
            }
            CellServerMessage::End(end) => {
                let mut response = std::mem::take(&mut self.response);
                response.exit_code = end.exit_code;
                response.execution_count = end.execution_count.or(response.execution_count);
                response.timed_out = end.timed_out;
                response.duration_ms = end.duration_ms;
                return Some(response);
            }
            CellServerMessage::Error { .. } => {}
        }
        None
    }

    /// Whether the cell has printed and shown more than is taken, cleared or not.
    pub(super) fn is_too_large(&self) -> bool {
        self.size > self.limit
    }

    fn grow(&mut self, bytes: usize) {
        if std::mem::take(&mut self.clear) {
            self.clear_now();
        }
        self.size += bytes;
    }

    fn clear_now(&mut self) {
        self.clear = false;
        self.response.stdout.clear();
        self.response.stderr.clear();
        self.response.results.clear();
    }
}

/// About what it costs in memory.
fn size(result: &CellOutput) -> usize {
    let id = result.display_id.as_ref().map_or(0, String::len);
    OVERHEAD + id + map_size(&result.data) + map_size(&result.metadata)
}

fn map_size(map: &Map<String, Value>) -> usize {
    map.iter().map(|(key, value)| NODE + key.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    NODE + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(value_size).sum(),
        Value::Object(map) => map_size(map),
    }
}

fn error_size(error: &CellError) -> usize {
    OVERHEAD
        + error.name.len()
        + error.value.len()
        + error.traceback.iter().map(|line| NODE + line.len()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use wrenn_api::CellEnd;

    use super::*;

    fn shown(text: &str, id: Option<&str>) -> CellOutput {
        let data = [("text/plain".to_owned(), text.into())].into_iter().collect();
        CellOutput { data, display_id: id.map(str::to_owned), ..CellOutput::default() }
    }

    fn collect(messages: impl IntoIterator<Item = CellServerMessage>) -> ExecCellResponse {
        let mut collected = Collected::new(1 << 20);
        for message in messages {
            assert_eq!(collected.take(message), None);
        }
        collected.take(CellServerMessage::End(CellEnd::default())).expect("the whole")
    }

    #[test]
    fn what_is_cleared_is_gone_at_once_or_when_something_follows() {
        let stdout = |data: &str| CellServerMessage::Stdout { data: data.to_owned() };
        let all = collect([
            stdout("a"),
            CellServerMessage::Result(shown("b", None)),
            CellServerMessage::Clear { wait: true },
        ]);
        assert_eq!((all.stdout.as_str(), all.results.len()), ("a", 1));
        let all = collect([stdout("a"), CellServerMessage::Clear { wait: true }, stdout("b")]);
        assert_eq!(all.stdout, "b");
        let all = collect([stdout("a"), CellServerMessage::Clear { wait: false }]);
        assert_eq!(all.stdout, "");
    }

    #[test]
    fn what_is_replaced_keeps_its_place() {
        let all = collect([
            CellServerMessage::Result(shown("1", Some("x"))),
            CellServerMessage::Result(shown("2", None)),
            CellServerMessage::Update(shown("3", Some("x"))),
            CellServerMessage::Update(shown("4", Some("elsewhere"))),
        ]);
        let texts: Vec<_> = all.results.iter().filter_map(CellOutput::text).collect();
        assert_eq!(texts, ["3", "2"]);
    }

    #[test]
    fn every_copy_of_an_update_and_every_empty_thing_counts() {
        let mut collected = Collected::new(1 << 20);
        for _ in 0..100 {
            collected.take(CellServerMessage::Result(shown("", Some("x"))));
        }
        assert!(!collected.is_too_large());
        collected.take(CellServerMessage::Update(shown(&"x".repeat(50_000), Some("x"))));
        assert!(collected.is_too_large());
        // It stops when it is too large, and does not find out afterwards.
        let grown: usize = collected.response.results.iter().filter_map(CellOutput::text).map(str::len).sum();
        assert!(grown <= 1 << 20, "{grown}");

        let mut collected = Collected::new(1 << 20);
        for _ in 0..5_000 {
            collected.take(CellServerMessage::Result(CellOutput::default()));
        }
        assert!(collected.is_too_large());
        let mut collected = Collected::new(1 << 20);
        let metadata = [("a".to_owned(), Value::Array(vec![0.into(); 50_000]))].into_iter().collect();
        collected.take(CellServerMessage::Result(CellOutput { metadata, ..CellOutput::default() }));
        assert!(collected.is_too_large());
    }
}
