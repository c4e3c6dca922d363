//! Commands and processes.

use std::{collections::BTreeMap, convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{CapsuleId, lenient::null_as_default};

/// How long a foreground command may take, in seconds, when not told otherwise.
pub const DEFAULT_EXEC_TIMEOUT_SEC: u64 = 30;
/// The exit code that a foreground command answers with when its time was over.
pub const TIMED_OUT_EXIT_CODE: i32 = -1;

/// A command to run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExecRequest {
    /// The program: executed directly, not through a shell.
    #[schema(example = "echo")]
    pub cmd: String,
    /// Its arguments.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Seconds until a foreground command and all that it started are killed; 0: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = 30)]
    pub timeout_sec: Option<u64>,
    /// Answer at once and let it run on.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "is_false")]
    #[schema(default = false)]
    pub background: bool,
    /// A name for a background process, to be found by later; generated when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tag: Option<String>,
    /// Environment variables, beside those of the capsule.
    #[serde(default, deserialize_with = "null_as_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub envs: BTreeMap<String, String>,
    /// The directory to run in; the user's home when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cwd: Option<String>,
    /// The user to run as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, default = "root")]
    pub user: Option<String>,
}

impl ExecRequest {
    /// The seconds that a foreground command may take; 0: any.
    pub fn timeout_sec(&self) -> u64 {
        self.timeout_sec.unwrap_or(DEFAULT_EXEC_TIMEOUT_SEC)
    }
}

/// What came of a foreground command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExecResponse {
    /// The capsule.
    #[schema(value_type = String)]
    pub sandbox_id: CapsuleId,
    /// The program that ran.
    pub cmd: String,
    /// What it wrote to its output.
    pub stdout: String,
    /// What it wrote to its error output.
    pub stderr: String,
    /// Its exit code; 128 + the number of the signal that killed it; -1 when its time was over.
    pub exit_code: i32,
    /// How long it took.
    pub duration_ms: u64,
    /// How `stdout` and `stderr` are written here.
    #[schema(inline)]
    pub encoding: Encoding,
    /// Whether it was killed because its time was over.
    #[serde(default, skip_serializing_if = "is_false")]
    pub timed_out: bool,
}

/// How output bytes are written as text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Encoding {
    /// As they are.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// In base64, because one of the streams is not valid UTF-8.
    #[serde(rename = "base64")]
    Base64,
}

/// A background process that was started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackgroundExecResponse {
    /// The capsule.
    #[schema(value_type = String)]
    pub sandbox_id: CapsuleId,
    /// The program.
    pub cmd: String,
    /// Its process id inside the capsule.
    pub pid: u32,
    /// The name to find it by.
    pub tag: String,
}

/// A running process that was started through the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProcessEntry {
    /// Its process id inside the capsule.
    pub pid: u32,
    /// Its name, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tag: Option<String>,
    /// The program.
    pub cmd: String,
    /// Its arguments.
    #[serde(default)]
    pub args: Vec<String>,
}

/// The processes that run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProcessListResponse {
    /// Those started through the API that still run.
    pub processes: Vec<ProcessEntry>,
}

/// Which process: by its id or by its tag. Parses from any text; digits alone are an id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessSelector {
    /// The process id inside the capsule.
    Pid(u32),
    /// The name that it was started with.
    Tag(String),
}

impl FromStr for ProcessSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.parse().map_or_else(|_| Self::Tag(text.to_owned()), Self::Pid))
    }
}

impl fmt::Display for ProcessSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pid(pid) => pid.fmt(f),
            Self::Tag(tag) => tag.fmt(f),
        }
    }
}

/// How to end a process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Signal {
    /// At once.
    #[default]
    #[serde(rename = "SIGKILL")]
    Kill,
    /// By asking it.
    #[serde(rename = "SIGTERM")]
    Term,
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kill => "SIGKILL",
            Self::Term => "SIGTERM",
        })
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it by reference")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_command_is_needed() {
        let request: ExecRequest =
            serde_json::from_str(r#"{"cmd":"ls","args":null,"envs":null,"background":null,"tag":null}"#)
                .unwrap();
        assert_eq!(request, ExecRequest { cmd: "ls".into(), ..ExecRequest::default() });
        assert_eq!(request.timeout_sec(), 30);
        assert_eq!(serde_json::to_string(&request).unwrap(), r#"{"cmd":"ls"}"#);
    }

    #[test]
    fn digits_select_by_pid_and_the_rest_by_tag() {
        assert_eq!("42".parse(), Ok(ProcessSelector::Pid(42)));
        assert_eq!("web-1".parse(), Ok(ProcessSelector::Tag("web-1".into())));
        assert_eq!("99999999999".parse(), Ok(ProcessSelector::Tag("99999999999".into())));
    }
}
