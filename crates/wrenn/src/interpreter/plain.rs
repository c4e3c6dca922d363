//! Cells on a server that knows no notebooks: each is a Python program of its own.

use std::time::Duration;

use super::{CellError, CellResult};
use crate::{Capsule, Result, api};

pub(super) async fn run(capsule: &Capsule, request: &api::ExecCellRequest) -> Result<CellResult> {
    let timeout = Duration::from_secs(request.timeout_sec());
    let output = capsule.commands().exec("python3").args(["-c", &request.code]).timeout(timeout).await?;
    Ok(CellResult {
        error: (output.exit_code != 0)
            .then(|| CellError::of_program(&output.stderr, output.exit_code, output.timed_out)),
        exit_code: output.exit_code,
        timed_out: output.timed_out,
        duration_ms: u64::try_from(output.duration.as_millis()).unwrap_or(u64::MAX),
        stdout: output.stdout,
        stderr: output.stderr,
        ..CellResult::default()
    })
}
