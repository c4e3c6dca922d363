//! A notebook file: JSON, of which only what cells print and show is changed.

use serde_json::{Map, Value, json};
use wrenn::{CellError, CellOutput};

use crate::error::{CliError, Result};

/// The tag of a cell that may fail.
const RAISES: &str = "raises-exception";

/// A notebook file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Document(Value);

/// Which output of which cell.
pub(super) type Place = (usize, usize);

impl Document {
    /// Reads the contents of a file.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let value: Value = serde_json::from_str(text)
            .map_err(|error| CliError::usage(format!("the file is no notebook: {error}")))?;
        let cells = value["cells"].as_array();
        match (value["nbformat"].as_u64(), cells) {
            (Some(4), Some(cells)) if cells.iter().all(Value::is_object) => Ok(Self(value)),
            (Some(version), _) if version != 4 => {
                let text = format!("the notebook is of version {version}, and only version 4 is understood");
                Err(CliError::usage(text).hint("`jupyter nbconvert --to notebook` brings it up to date"))
            }
            _ => Err(CliError::usage("the file is no notebook: it has no cells")),
        }
    }

    /// The contents of a file, as Jupyter's own tools write it: keys in order, indented by one space.
    pub(super) fn to_text(&self) -> Result<String> {
        let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
        let mut bytes = Vec::new();
        let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
        serde::Serialize::serialize(&self.0, &mut serializer).map_err(std::io::Error::from)?;
        bytes.push(b'\n');
        String::from_utf8(bytes).map_err(|_| CliError::new("the notebook is no text"))
    }

    /// The code cells: where each is, and its code.
    pub(super) fn code_cells(&self) -> Vec<(usize, String)> {
        let cells = self.0["cells"].as_array().map(Vec::as_slice).unwrap_or_default();
        let code = cells.iter().enumerate().filter(|(_, cell)| cell["cell_type"] == "code");
        code.map(|(index, cell)| (index, joined(&cell["source"]))).collect()
    }

    /// Whether the cell says that it may fail.
    pub(super) fn may_fail(&self, cell: usize) -> bool {
        let tags = self.0["cells"][cell]["metadata"]["tags"].as_array();
        tags.is_some_and(|tags| tags.iter().any(|tag| tag == RAISES))
    }

    /// Forgets what came of all code cells, and gives those a name that lack one and need it.
    pub(super) fn reset(&mut self) {
        let needs_ids = self.0["nbformat_minor"].as_u64().is_some_and(|minor| minor >= 5);
        let cells = self.0["cells"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
        for (index, cell) in cells.iter_mut().enumerate() {
            if needs_ids && cell["id"].as_str().is_none_or(str::is_empty) {
                cell["id"] = format!("cell-{index}").into();
            }
            if cell["cell_type"] == "code" {
                cell["outputs"] = json!([]);
                cell["execution_count"] = Value::Null;
            }
        }
    }

    /// Notes the number of a cell's execution.
    pub(super) fn set_count(&mut self, cell: usize, count: Option<u64>) {
        self.0["cells"][cell]["execution_count"] = count.into();
    }

    /// Adds what a cell printed.
    pub(super) fn print(&mut self, cell: usize, stream: &str, text: &str) {
        let outputs = self.outputs(cell);
        if let Some(last) = outputs.last_mut()
            && last["output_type"] == "stream"
            && last["name"] == stream
        {
            append(&mut last["text"], text);
            return;
        }
        outputs.push(json!({ "output_type": "stream", "name": stream, "text": lines(text) }));
    }

    /// Adds what a cell showed; says where.
    pub(super) fn show(&mut self, cell: usize, output: &CellOutput, count: Option<u64>) -> Place {
        let mut entry = json!({ "data": bundle(output), "metadata": output.metadata });
        if output.is_main {
            entry["output_type"] = "execute_result".into();
            entry["execution_count"] = count.into();
        } else {
            entry["output_type"] = "display_data".into();
        }
        let outputs = self.outputs(cell);
        outputs.push(entry);
        (cell, outputs.len() - 1)
    }

    /// Replaces what was shown at a place.
    pub(super) fn replace(&mut self, (cell, index): Place, output: &CellOutput) {
        if let Some(entry) = self.outputs(cell).get_mut(index) {
            entry["data"] = bundle(output);
            entry["metadata"] = Value::Object(output.metadata.clone());
        }
    }

    /// Adds the exception that ended a cell.
    pub(super) fn fail(&mut self, cell: usize, error: &CellError) {
        self.outputs(cell).push(json!({
            "output_type": "error", "ename": error.name, "evalue": error.value, "traceback": error.traceback,
        }));
    }

    /// Takes away what a cell has printed and shown.
    pub(super) fn clear(&mut self, cell: usize) {
        self.outputs(cell).clear();
    }

    fn outputs(&mut self, cell: usize) -> &mut Vec<Value> {
        let outputs = &mut self.0["cells"][cell]["outputs"];
        if !outputs.is_array() {
            *outputs = json!([]);
        }
        outputs.as_array_mut().expect("it was made one")
    }
}

/// Texts of several lines are lists in files, so that changes can be read line by line.
fn bundle(output: &CellOutput) -> Value {
    let form = |(mime, value): (&String, &Value)| {
        let text = mime.starts_with("text/") || mime == "image/svg+xml" || mime == "application/javascript";
        let value = value.as_str().filter(|_| text).map_or_else(|| value.clone(), lines);
        (mime.clone(), value)
    };
    Value::Object(output.data.iter().map(form).collect::<Map<_, _>>())
}

fn lines(text: &str) -> Value {
    text.split_inclusive('\n').collect::<Vec<_>>().into()
}

/// Adds to a list of lines, of which the last may have no end yet.
fn append(value: &mut Value, text: &str) {
    let Value::Array(list) = value else {
        *value = lines(&(joined(value) + text));
        return;
    };
    let mut new = text.split_inclusive('\n');
    if let Some(Value::String(last)) = list.last_mut()
        && !last.ends_with('\n')
        && let Some(rest) = new.next()
    {
        last.push_str(rest);
    }
    list.extend(new.map(Value::from));
}

/// A text that may be a list of its lines.
fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_in_pieces_becomes_lines() {
        let mut text = lines("a\nb");
        for piece in ["", "c", "\n", "d\ne\n", "f"] {
            append(&mut text, piece);
        }
        assert_eq!(text, json!(["a\n", "bc\n", "d\n", "e\n", "f"]));
        let mut text = json!("a");
        append(&mut text, "b\nc");
        assert_eq!(text, json!(["ab\n", "c"]));
    }

    const FILE: &str = r##"{"nbformat":4,"nbformat_minor":5,"metadata":{"x":[1.5]},"cells":[
        {"cell_type":"markdown","id":"m","metadata":{},"source":"# T"},
        {"cell_type":"code","metadata":{"tags":["raises-exception"],"own":1},"source":["a\n","b"],
         "outputs":[{"output_type":"stream","name":"stdout","text":"old"}],"execution_count":7}]}"##;

    fn output(main: bool) -> CellOutput {
        let data = Map::from_iter([
            ("text/plain".to_owned(), Value::from("1\n2")),
            ("image/png".to_owned(), Value::from("abc")),
        ]);
        CellOutput { data, is_main: main, ..CellOutput::default() }
    }

    #[test]
    fn only_outputs_change() {
        let mut document = Document::parse(FILE).unwrap();
        assert_eq!(document.code_cells(), [(1, "a\nb".to_owned())]);
        assert!(document.may_fail(1) && !document.may_fail(0));
        document.reset();
        document.print(1, "stdout", "one\ntw");
        document.print(1, "stdout", "o\n");
        document.print(1, "stderr", "e");
        let place = document.show(1, &output(true), Some(3));
        document.replace(place, &output(false));
        document.fail(1, &CellError { name: "E".into(), value: "v".into(), traceback: vec!["t".into()] });
        document.set_count(1, Some(3));
        let text = document.to_text().unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["metadata"], json!({"x": [1.5]}));
        let cell = &value["cells"][1];
        assert_eq!(
            *cell,
            json!({
                "cell_type": "code", "id": "cell-1", "execution_count": 3, "source": ["a\n", "b"],
                "metadata": {"tags": ["raises-exception"], "own": 1},
                "outputs": [
                    {"output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"]},
                    {"output_type": "stream", "name": "stderr", "text": ["e"]},
                    {"output_type": "execute_result", "execution_count": 3, "metadata": {},
                     "data": {"text/plain": ["1\n", "2"], "image/png": "abc"}},
                    {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
                ],
            })
        );
        assert!(text.starts_with("{\n \"cells\": [\n") && text.ends_with("}\n"), "{text}");
    }

    #[test]
    fn what_is_no_notebook_is_refused() {
        for text in ["", "[]", "{}", r#"{"nbformat":3,"worksheets":[]}"#, r#"{"nbformat":4,"cells":[1]}"#] {
            assert!(Document::parse(text).is_err(), "{text}");
        }
    }
}
