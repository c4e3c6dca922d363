//! What came of a command.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::api;

/// What came of a command that was waited for.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let output = capsule.commands().exec("cat").arg("/bin/true").await?;
/// assert!(output.success());
/// println!("{} bytes in {:?}", output.stdout_bytes().len(), output.duration);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandOutput {
    /// What it wrote to its output; what is not UTF-8 is replaced, see [`Self::stdout_bytes`].
    pub stdout: String,
    /// What it wrote to its error output; what is not UTF-8 is replaced, see [`Self::stderr_bytes`].
    pub stderr: String,
    /// Its exit code; 128 and the signal's number when one killed it, -1 when its time was over.
    pub exit_code: i32,
    /// How long it took inside the capsule.
    pub duration: Duration,
    /// Whether it was killed because its time was over.
    pub timed_out: bool,
    /// The exact bytes, when they are not what the strings hold.
    exact: Option<(Vec<u8>, Vec<u8>)>,
}

impl CommandOutput {
    /// Whether it ended with exit code 0.
    pub fn success(&self) -> bool {
        self.exit_code == 0
    }

    /// Its output, byte by byte.
    pub fn stdout_bytes(&self) -> &[u8] {
        self.exact.as_ref().map_or(self.stdout.as_bytes(), |(stdout, _)| stdout)
    }

    /// Its error output, byte by byte.
    pub fn stderr_bytes(&self) -> &[u8] {
        self.exact.as_ref().map_or(self.stderr.as_bytes(), |(_, stderr)| stderr)
    }
}

impl From<api::ExecResponse> for CommandOutput {
    fn from(answer: api::ExecResponse) -> Self {
        let exact = match answer.encoding {
            api::Encoding::Utf8 => None,
            api::Encoding::Base64 => {
                let decode = |text: &str| BASE64_STANDARD.decode(text).unwrap_or_else(|_| text.into());
                Some((decode(&answer.stdout), decode(&answer.stderr)))
            }
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, stderr) = match &exact {
            Some((stdout, stderr)) => (text(stdout), text(stderr)),
            None => (answer.stdout, answer.stderr),
        };
        Self {
            stdout,
            stderr,
            exit_code: answer.exit_code,
            duration: Duration::from_millis(answer.duration_ms),
            timed_out: answer.timed_out,
            exact,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(stdout: &str, stderr: &str, encoding: api::Encoding) -> CommandOutput {
        CommandOutput::from(api::ExecResponse {
            sandbox_id: "cl-1".parse().expect("an id"),
            cmd: "x".into(),
            stdout: stdout.into(),
            stderr: stderr.into(),
            exit_code: 0,
            duration_ms: 7,
            encoding,
            timed_out: false,
        })
    }

    #[test]
    fn text_is_its_own_bytes() {
        let output = answer("grüß", "", api::Encoding::Utf8);
        assert_eq!((output.stdout.as_str(), output.stdout_bytes()), ("grüß", "grüß".as_bytes()));
        assert_eq!(output.duration, Duration::from_millis(7));
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        let output = answer("/w==", "b2s=", api::Encoding::Base64);
        assert_eq!((output.stdout.as_str(), output.stdout_bytes()), ("\u{fffd}", &[0xff][..]));
        assert_eq!((output.stderr.as_str(), output.stderr_bytes()), ("ok", &b"ok"[..]));
    }
}
