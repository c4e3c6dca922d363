//! Cells on a server that knows no notebooks: each is a Python program of its own.

use std::time::Duration;

use super::{CellError, CellResult};
use crate::{Capsule, CommandOutput, Result, api};

pub(super) async fn run(capsule: &Capsule, request: &api::ExecCellRequest) -> Result<CellResult> {
    let timeout = Duration::from_secs(request.timeout_sec());
    let output = capsule.commands().exec("python3").args(["-c", &request.code]).timeout(timeout).await?;
    Ok(CellResult {
        error: (output.exit_code != 0).then(|| error(&output)),
        exit_code: output.exit_code,
        timed_out: output.timed_out,
        duration_ms: u64::try_from(output.duration.as_millis()).unwrap_or(u64::MAX),
        stdout: output.stdout,
        stderr: output.stderr,
        ..CellResult::default()
    })
}

/// From the last line of a traceback, which is `Class: message`.
fn error(output: &CommandOutput) -> CellError {
    let traceback: Vec<_> = output.stderr.trim_end().lines().map(str::to_owned).collect();
    let last = traceback.last().map(String::as_str).unwrap_or_default();
    let (name, value) = last.split_once(": ").unwrap_or((last, ""));
    let class = |text: &str| text.chars().all(|c| c.is_alphanumeric() || "_.".contains(c));
    let (name, value) = if output.timed_out {
        ("TimeoutError".to_owned(), "the cell took too long and was killed".to_owned())
    } else if traceback.len() > 1 && class(name) {
        (name.to_owned(), value.to_owned())
    } else {
        ("ExitError".to_owned(), format!("python3 exited with code {}", output.exit_code))
    };
    CellError { name, value, traceback }
}
