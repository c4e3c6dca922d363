//! Running the programs that build: every line is reported, and nothing of them outlives the build.

use std::{collections::VecDeque, process::Stdio, sync::mpsc};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    net::unix::pipe,
    process::{Child, Command},
    sync::oneshot,
};

use super::error::TemplateError;

/// How many of the last lines an error carries.
const TAIL: usize = 20;

/// Longer lines are cut, as programs that draw progress may never end one.
const MAX_LINE: usize = 4096;

/// A program that did not succeed.
#[derive(Debug)]
pub(super) struct Failure {
    /// How it ended.
    pub status: String,
    /// The last lines that it wrote.
    pub log: String,
}

/// The command that runs `program` in mount and process namespaces of its own: what it mounts is seen by nobody else,
/// and when this process ends, even by SIGKILL, all that it started is killed.
pub(super) fn isolated(program: &str) -> Command {
    let mut command = Command::new("sh");
    // What is built must not depend on who builds it.
    command.args(["-c", "umask 022; exec \"$@\"", "sh"]);
    command.args(["setpriv", "--pdeathsig", "KILL", "--", "unshare", "--mount", "--propagation", "private"]);
    command.args(["--pid", "--fork", "--kill-child", "--mount-proc", "--", program]);
    command.env("LC_ALL", "C.UTF-8").env_remove("LANGUAGE");
    command
}

/// Runs the command to its end and gives each line of its output to `on_line`. Dropping the future kills it.
pub(super) async fn run(
    command: Command,
    program: &str,
    mut on_line: impl FnMut(&str),
) -> Result<Result<(), Failure>, TemplateError> {
    let (mut child, output, _thread) = spawn(command, program).await?;
    let mut tail = VecDeque::new();
    let mut lines = Lines::new(output);
    while let Some(line) = lines.next().await {
        if tail.len() == TAIL {
            tail.pop_front();
        }
        on_line(&line);
        tail.push_back(line);
    }
    let status = child.wait().await.map_err(TemplateError::system("wait for a program"))?;
    if status.success() {
        return Ok(Ok(()));
    }
    let log = Vec::from(tail).join("\n");
    Ok(Err(Failure { status: status.to_string(), log }))
}

/// Runs the command to its end and returns what it wrote to its standard output.
pub(super) async fn output(mut command: Command, program: &str) -> Result<String, TemplateError> {
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|error| start_error(program, error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(TemplateError::Runtime(crate::Error::Program {
        program: program.to_owned(),
        status: output.status.to_string(),
        stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    }))
}

/// Runs the command as [`run`] does, for programs whose failure is not the template's.
pub(super) async fn succeed(command: Command, program: &str) -> Result<(), TemplateError> {
    run(command, program, |_| {}).await?.map_err(|failure| {
        TemplateError::Runtime(crate::Error::Program {
            program: program.to_owned(),
            status: failure.status,
            stderr: failure.log,
        })
    })
}

/// Starts the command with one pipe for all its output, so that lines keep their order. It is started from a thread
/// that lives as long as the returned guard: the kernel takes the end of the thread that started a child for the
/// parent's end, and threads of the async runtime come and go.
async fn spawn(
    mut command: Command,
    program: &str,
) -> Result<(Child, pipe::Receiver, mpsc::Sender<()>), TemplateError> {
    // Asked first, because what is started is a shell, which is always there.
    if !is_installed(program) {
        return Err(missing(program));
    }
    let (output, input) = std::io::pipe().map_err(TemplateError::system("make a pipe"))?;
    let second = input.try_clone().map_err(TemplateError::system("make a pipe"))?;
    let output =
        pipe::Receiver::from_owned_fd(output.into()).map_err(TemplateError::system("make a pipe"))?;
    command.stdin(Stdio::null()).stdout(input).stderr(second).kill_on_drop(true);
    let runtime = tokio::runtime::Handle::current();
    let (alive, dropped) = mpsc::channel::<()>();
    let (send, receive) = oneshot::channel();
    std::thread::Builder::new()
        .name("template-build".to_owned())
        .spawn(move || {
            let child = {
                let _context = runtime.enter();
                command.spawn()
            };
            // Our copies of the pipe's end; while they are open, the output does not end.
            drop(command);
            // A receiver that is gone drops the child, and so kills it.
            let _ = send.send(child);
            let _ = dropped.recv();
        })
        .map_err(TemplateError::system("start a thread"))?;
    let child = receive
        .await
        .map_err(|error| TemplateError::system("start a thread")(std::io::Error::other(error)))?;
    Ok((child.map_err(|error| start_error(program, error))?, output, alive))
}

fn start_error(program: &str, error: std::io::Error) -> TemplateError {
    if error.kind() == std::io::ErrorKind::NotFound {
        return missing(program);
    }
    TemplateError::system("start a program")(error)
}

fn missing(program: &str) -> TemplateError {
    let remedy = format!("install it, on Debian by `apt-get install {program}`");
    TemplateError::Runtime(crate::Error::ProgramMissing { program: program.to_owned(), remedy })
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// Reads lines, whatever bytes they are made of.
struct Lines<R> {
    reader: BufReader<R>,
    buffer: Vec<u8>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn new(reader: R) -> Self {
        Self { reader: BufReader::new(reader), buffer: Vec::new() }
    }

    /// The next line without its end; `None` at the end of the output. Nothing is lost when the future is dropped.
    async fn next(&mut self) -> Option<String> {
        // What cannot be read any more is as good as ended.
        while self.buffer.last() != Some(&b'\n') {
            if self.reader.read_until(b'\n', &mut self.buffer).await.unwrap_or(0) == 0 {
                break;
            }
        }
        if self.buffer.is_empty() {
            return None;
        }
        let line = std::mem::take(&mut self.buffer);
        let text = String::from_utf8_lossy(&line[..line.len().min(MAX_LINE)]);
        // Of what was drawn over itself, the last counts.
        let text = text.trim_end().rsplit('\r').next().unwrap_or_default();
        Some(text.to_owned())
    }
}
