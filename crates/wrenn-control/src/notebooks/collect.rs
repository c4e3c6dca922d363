//! What came of a cell, all of it.

use wrenn_api::{CellOutput, CellServerMessage, ExecCellResponse};

/// What came of a cell so far.
#[derive(Default)]
pub(super) struct Collected {
    response: ExecCellResponse,
    /// The next thing that is shown takes the place of all before it.
    clear: bool,
    size: usize,
}

impl Collected {
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
                self.size += size(&update);
                for result in &mut self.response.results {
                    if update.display_id.is_some() && result.display_id == update.display_id {
                        result.data.clone_from(&update.data);
                        result.metadata.clone_from(&update.metadata);
                    }
                }
            }
            CellServerMessage::Clear { wait: true } => self.clear = true,
            CellServerMessage::Clear { wait: false } => self.clear_now(),
            CellServerMessage::Exception(error) => self.response.error = Some(error),
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

    /// How many bytes the cell has printed and shown, whether cleared or not.
    pub(super) fn size(&self) -> usize {
        self.size
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

fn size(result: &CellOutput) -> usize {
    result.data.values().map(|value| value.as_str().map_or_else(|| value.to_string().len(), str::len)).sum()
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
        let mut collected = Collected::default();
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
}
