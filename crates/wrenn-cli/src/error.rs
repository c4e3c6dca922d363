//! How failures are shown, and what the program ends with.

use std::{
    fmt::{self, Write as _},
    io::Write as _,
    process::ExitCode,
};

/// What the program ends with when it was used wrongly.
const USAGE: u8 = 2;
/// What it ends with when it could not do what it should.
const FAILURE: u8 = 1;
/// What it ends with when nobody reads its output any more: as if the signal had killed it.
const BROKEN_PIPE: u8 = 128 + 13;

/// The outcome of a command: what to end with.
pub(crate) type Result<T = ExitCode> = std::result::Result<T, CliError>;

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct CliError {
    cause: anyhow::Error,
    hints: Vec<String>,
    code: u8,
}

impl CliError {
    /// A failure with a text of our own.
    pub(crate) fn new(text: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self { cause: anyhow::Error::msg(text), hints: Vec::new(), code: FAILURE }
    }

    /// A failure with a cause, whose own causes are shown too.
    pub(crate) fn caused(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self { cause: error.into(), hints: Vec::new(), code: FAILURE }
    }

    /// The command line asks for something that cannot be.
    pub(crate) fn usage(text: impl fmt::Display + fmt::Debug + Send + Sync + 'static) -> Self {
        Self { code: USAGE, ..Self::new(text) }
    }

    /// Nobody reads our output any more.
    pub(crate) fn broken_pipe() -> Self {
        Self { code: BROKEN_PIPE, ..Self::new("the output was closed") }
    }

    /// Adds what to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Ends the program with this.
    pub(crate) fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// Says what was being done, before the cause.
    pub(crate) fn context(mut self, text: impl fmt::Display + Send + Sync + 'static) -> Self {
        self.cause = self.cause.context(text);
        self
    }
}

impl From<wrenn::Error> for CliError {
    fn from(error: wrenn::Error) -> Self {
        let hint = hint(&error);
        let code = if matches!(error, wrenn::Error::Config(_)) { USAGE } else { FAILURE };
        Self { cause: error.into(), hints: hint.into_iter().collect(), code }
    }
}

impl From<std::io::Error> for CliError {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::broken_pipe();
        }
        Self { cause: error.into(), hints: Vec::new(), code: FAILURE }
    }
}

impl From<wrenn_runtime::template::TemplateError> for CliError {
    fn from(error: wrenn_runtime::template::TemplateError) -> Self {
        Self { cause: error.into(), hints: Vec::new(), code: FAILURE }
    }
}

/// What a person can do about a failed call.
fn hint(error: &wrenn::Error) -> Option<String> {
    use wrenn::Error as E;
    Some(match error {
        E::Authentication(_) => "check WRENN_API_KEY; a key belongs to one server".into(),
        E::NotFound(refusal) if refusal.operation.contains("capsule cl-") => {
            "`wrenn capsule list` shows what there is".into()
        }
        E::NotFound(refusal) if refusal.operation.starts_with("create a capsule") => {
            "`wrenn snapshot list` shows the templates that there are".into()
        }
        E::Conflict(refusal) if refusal.message.contains("paused") => {
            "`wrenn capsule resume <capsule>` lets it go on".into()
        }
        E::Connection { server, .. } => {
            format!("is the server running? `wrenn serve` starts one; this command looked for {server}")
        }
        E::StartFailed { capsule, .. } => {
            format!("the capsule runs: `wrenn exec {capsule} -- …` looks into it")
        }
        E::Disconnected { .. } => {
            "the command may still run: `wrenn ps` shows it, `wrenn attach` follows it".into()
        }
        E::Server(refusal) => match &refusal.request_id {
            Some(id) => format!("the server's log has more under request_id {id}"),
            None => "the server's log has more".into(),
        },
        _ => return None,
    })
}

/// Shows a failure and returns what to end with.
pub(crate) fn show(error: &CliError) -> ExitCode {
    if error.code != BROKEN_PIPE {
        // Standard error may be closed too; then nobody is there to be told.
        let _ = write!(std::io::stderr(), "{error}");
    }
    ExitCode::from(error.code)
}

/// Shows what clap says: help and version on standard output, faults on standard error.
pub(crate) fn show_usage(error: &clap::Error) -> ExitCode {
    match error.print() {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::from(BROKEN_PIPE),
        _ if error.use_stderr() => ExitCode::from(USAGE),
        _ => ExitCode::SUCCESS,
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.cause.to_string();
        let mut source = self.cause.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            // Some errors of other crates repeat their cause.
            if !text.contains(&cause_text) {
                write!(text, ": {cause_text}")?;
            }
            source = cause.source();
        }
        writeln!(f, "error: {text}")?;
        self.hints.iter().try_for_each(|hint| writeln!(f, "hint: {hint}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_failed_why_and_what_to_do() {
        let source = std::io::Error::other("connection refused");
        let error = CliError::from(wrenn::Error::Connection {
            operation: "get capsule cl-1".into(),
            server: "http://127.0.0.1:1".into(),
            source: source.into(),
        });
        insta::assert_snapshot!(error.to_string(), @r"
        error: get capsule cl-1: the connection to http://127.0.0.1:1 failed: connection refused
        hint: is the server running? `wrenn serve` starts one; this command looked for http://127.0.0.1:1
        ");
    }

    #[test]
    fn a_closed_output_is_no_failure_to_talk_about() {
        let error = CliError::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert_eq!(error.code, BROKEN_PIPE);
    }
}
