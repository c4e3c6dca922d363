//! Code that runs cell by cell.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// The notebook that clients mean when they name none.
pub const DEFAULT_NOTEBOOK: &str = "default";
/// How long a cell may take, in seconds, when not told otherwise.
pub const DEFAULT_CELL_TIMEOUT_SEC: u64 = 30;

/// A cell to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExecCellRequest {
    /// The code.
    #[schema(example = "x = 42\nx * 2")]
    pub code: String,
    /// Seconds until the cell is interrupted, from when it begins; 0: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 30)]
    pub timeout_sec: Option<u64>,
}

impl ExecCellRequest {
    /// The seconds that the cell may take; 0: any.
    pub fn timeout_sec(&self) -> u64 {
        self.timeout_sec.unwrap_or(DEFAULT_CELL_TIMEOUT_SEC)
    }
}

/// What came of a cell.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExecCellResponse {
    /// What it wrote to its output.
    pub stdout: String,
    /// What it wrote to its error output.
    pub stderr: String,
    /// 0; 1 after an exception; what it gave to `sys.exit`; -1 when its time was over.
    pub exit_code: i32,
    /// What it showed, and the value of its last expression.
    #[serde(default)]
    pub results: Vec<CellOutput>,
    /// The exception that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CellError>,
    /// Its number in the life of its kernel, from 1. Absent where cells share no state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub execution_count: Option<u64>,
    /// Whether it was interrupted because its time was over.
    #[serde(default)]
    pub timed_out: bool,
    /// How long it took.
    pub duration_ms: u64,
}

impl ExecCellResponse {
    /// The value of the cell's last expression.
    pub fn main(&self) -> Option<&CellOutput> {
        self.results.iter().find(|output| output.is_main)
    }

    /// The value of the cell's last expression, as text.
    pub fn text(&self) -> Option<&str> {
        self.main()?.text()
    }
}

/// Something that a cell showed, in one or more forms.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CellOutput {
    /// Its forms by MIME type. Texts are as they are, images and PDFs in base64, `application/json` is JSON.
    #[schema(value_type = std::collections::BTreeMap<String, Value>, example = json!({ "text/plain": "84" }))]
    pub data: Map<String, Value>,
    /// More about the forms, as the code has given it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = std::collections::BTreeMap<String, Value>)]
    pub metadata: Map<String, Value>,
    /// Whether it is the value of the cell's last expression.
    #[serde(default)]
    pub is_main: bool,
    /// The name under which the code can replace it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub display_id: Option<String>,
}

impl CellOutput {
    /// One of its forms, if that is a text: all but JSON are.
    pub fn form(&self, mime: &str) -> Option<&str> {
        self.data.get(mime)?.as_str()
    }

    /// As plain text, which nearly everything has.
    pub fn text(&self) -> Option<&str> {
        self.form("text/plain")
    }

    /// As HTML.
    pub fn html(&self) -> Option<&str> {
        self.form("text/html")
    }

    /// As Markdown.
    pub fn markdown(&self) -> Option<&str> {
        self.form("text/markdown")
    }

    /// As an SVG image.
    pub fn svg(&self) -> Option<&str> {
        self.form("image/svg+xml")
    }

    /// As a PNG image, in base64.
    pub fn png(&self) -> Option<&str> {
        self.form("image/png")
    }

    /// As a JPEG image, in base64.
    pub fn jpeg(&self) -> Option<&str> {
        self.form("image/jpeg")
    }

    /// As a PDF document, in base64.
    pub fn pdf(&self) -> Option<&str> {
        self.form("application/pdf")
    }

    /// As LaTeX.
    pub fn latex(&self) -> Option<&str> {
        self.form("text/latex")
    }

    /// As JSON.
    pub fn json(&self) -> Option<&Value> {
        self.data.get("application/json")
    }

    /// As JavaScript.
    pub fn javascript(&self) -> Option<&str> {
        self.form("application/javascript")
    }
}

/// An exception that ended a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CellError {
    /// Its class, such as `ZeroDivisionError`; or what happened to the cell otherwise: `KernelDied`, `KernelRestarted`,
    /// `KernelUnreachable`, `NotebookDeleted`, `Interrupted`, `Aborted` (what ran before it was interrupted), `SlowReader`
    /// (its outputs were not read fast enough).
    pub name: String,
    /// Its message.
    pub value: String,
    /// Where it came from, line by line, with the colours of a terminal.
    #[serde(default)]
    pub traceback: Vec<String>,
}

impl CellError {
    /// What a Python program ended with that is a cell of its own: the last line of a traceback is `Class: message`.
    pub fn of_program(stderr: &str, exit_code: i32, timed_out: bool) -> Self {
        let traceback: Vec<_> = stderr.trim_end().lines().map(str::to_owned).collect();
        let last = traceback.last().map(String::as_str).unwrap_or_default();
        let (name, value) = last.split_once(": ").unwrap_or((last, ""));
        let is_class = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
        let (name, value) = if timed_out {
            ("TimeoutError", "the cell took too long and was killed".to_owned())
        } else if traceback.len() > 1 && is_class {
            (name, value.to_owned())
        } else {
            ("ExitError", format!("python3 exited with code {exit_code}"))
        };
        Self { name: name.to_owned(), value, traceback }
    }

    /// Where it came from, without the colours of a terminal.
    pub fn plain_traceback(&self) -> String {
        let coloured = self.traceback.join("\n");
        let mut plain = String::with_capacity(coloured.len());
        let mut chars = coloured.chars();
        while let Some(char) = chars.next() {
            if char != '\u{1b}' {
                plain.push(char);
            } else if chars.as_str().starts_with('[') {
                // ESC, [, parameters, and a letter.
                chars.find(char::is_ascii_alphabetic);
            }
        }
        plain
    }
}

/// A notebook that has a kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notebook {
    /// Its name.
    pub name: String,
    /// What its kernel does: `starting`, `idle`, `busy`, `restarting`, `dead`.
    pub state: String,
    /// The id of its kernel on the capsule's Jupyter server.
    pub kernel_id: String,
}

/// The notebooks of a capsule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NotebookListResponse {
    /// Those that have a kernel.
    pub notebooks: Vec<Notebook>,
}

/// What a client says on `notebooks/{name}/stream`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CellClientMessage {
    /// First, from a client that can send no headers: its credential.
    Auth {
        /// An API key.
        token: String,
    },
    /// Runs a cell, after those that were sent before.
    Exec(ExecCellRequest),
    /// Interrupts the cell that runs.
    Interrupt,
    /// Keeps the capsule awake.
    Ping,
    /// Answers a ping.
    Pong,
}

/// What the server says on `notebooks/{name}/stream`: for each cell what comes of it, up to `end`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CellServerMessage {
    /// The cell begins.
    Start {
        /// Its number in the life of its kernel; absent where cells share no state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(nullable = false)]
        execution_count: Option<u64>,
    },
    /// Output.
    Stdout {
        /// Text.
        data: String,
    },
    /// Error output.
    Stderr {
        /// Text.
        data: String,
    },
    /// The cell shows something.
    Result(CellOutput),
    /// What was shown under the same `display_id`, in this cell or an earlier one, is to be replaced.
    Update(CellOutput),
    /// What the cell has written and shown so far is to be taken away.
    Clear {
        /// Only once it shows something else.
        wait: bool,
    },
    /// An exception ended the cell; `end` follows.
    Exception(CellError),
    /// The cell has ended.
    End(CellEnd),
    /// The cell could not be run, or what comes of it is not known. The next cell may be sent, unless the server closes.
    Error {
        /// A sentence that says why.
        data: String,
    },
}

/// How a cell ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CellEnd {
    /// As in `ExecCellResponse`.
    pub exit_code: i32,
    /// Its number in the life of its kernel; absent where cells share no state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub execution_count: Option<u64>,
    /// Whether it was interrupted because its time was over.
    #[serde(default)]
    pub timed_out: bool,
    /// How long it took.
    pub duration_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceback_can_be_read_without_a_terminal() {
        let traceback = vec!["\u{1b}[31m----\u{1b}[39m".to_owned(), "\u{1b}[1;32m1\u{1b}[0m / 0".to_owned()];
        let error = CellError { name: String::new(), value: String::new(), traceback };
        assert_eq!(error.plain_traceback(), "----\n1 / 0");
    }

    #[test]
    fn messages_have_the_documented_shape() {
        let exec: CellClientMessage =
            serde_json::from_str(r#"{"type":"exec","code":"1","timeout_sec":2}"#).unwrap();
        let request = ExecCellRequest { code: "1".into(), timeout_sec: Some(2) };
        assert_eq!(exec, CellClientMessage::Exec(request));
        let data = Map::from_iter([("text/plain".to_owned(), "84".into())]);
        let result = CellOutput { data, is_main: true, ..CellOutput::default() };
        assert_eq!(result.text(), Some("84"));
        assert_eq!(
            serde_json::to_string(&CellServerMessage::Result(result)).unwrap(),
            r#"{"type":"result","data":{"text/plain":"84"},"is_main":true}"#
        );
    }

    #[test]
    fn a_programs_exception_is_the_last_line_of_a_traceback() {
        let traceback = "Traceback (most recent call last):\n  File \"<string>\", line 1\nZeroDivisionError: division by zero\n";
        let error = CellError::of_program(traceback, 1, false);
        assert_eq!((error.name.as_str(), error.value.as_str()), ("ZeroDivisionError", "division by zero"));
        assert_eq!(error.traceback.len(), 3);
        assert_eq!(CellError::of_program("Traceback:\nKeyError", 1, false).name, "KeyError");
        for stderr in ["", "no traceback", "a: b", "a\n: b"] {
            assert_eq!(CellError::of_program(stderr, 3, false).name, "ExitError");
        }
        assert_eq!(CellError::of_program(traceback, -1, true).name, "TimeoutError");
    }
}
