//! Runs small programs that make files.

use std::process::Stdio;

use tokio::process::Command;

use crate::error::{Error, Result};

/// Runs the program to its end and returns what it printed. Dropping the future kills it. `package` is what to install
/// when it is missing.
pub(super) async fn run(command: &mut Command, package: &str) -> Result<String> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).kill_on_drop(true).env("LC_ALL", "C.UTF-8");
    let output = command.output().await.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::ProgramMissing {
            program: program.clone(),
            remedy: format!("install it, on Debian by `apt-get install {package}`"),
        },
        _ => Error::system("start a program")(error),
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Program { program, status: output.status.to_string(), stderr })
}
