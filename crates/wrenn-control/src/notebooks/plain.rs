//! Cells without a kernel: each is a Python program of its own.

use bytes::Bytes;
use tokio::time::Instant;
use wrenn_agent_proto::{
    AgentClient, ErrorCode as AgentCode, Exit, ProcessEvent, ProcessStart, process::Signal,
};
use wrenn_api::{CellError, CellServerMessage, TIMED_OUT_EXIT_CODE};

use super::cell::{Cell, Run};
use crate::{ControlError, Text, exit_code, session::during};

/// Longer code goes by standard input, because the kernel limits the length of an argument.
const LONGEST_ARGUMENT: usize = 100_000;
/// How much of the error output is looked at for the exception.
const TRACEBACK: usize = 64 << 10;

/// Runs a cell by `python3 -c`. Dropping the future ends the program.
pub(super) async fn run(agent: &AgentClient, cell: &Cell) {
    let mut run = Run::begin();
    cell.say(CellServerMessage::Start { execution_count: None }).await;
    let short = cell.code.len() <= LONGEST_ARGUMENT;
    let mut start = ProcessStart::new("python3");
    start = if short { start.arg("-c").arg(cell.code.as_str()) } else { start.arg("-") };
    start.stdin = !short;
    start.timeout = cell.limit;
    let mut events = match during(&cell.guard, agent.start(start)).await {
        Ok(events) => events,
        Err(error) if matches!(error.code(), Some(AgentCode::NotFound | AgentCode::PermissionDenied)) => {
            let (code, reason) = match error.code() {
                Some(AgentCode::NotFound) => (127, "command not found"),
                _ => (126, "permission denied"),
            };
            cell.say(CellServerMessage::Stderr { data: format!("python3: {reason}\n") }).await;
            cell.end_as(&run, code, Some(CellError::of_program("", code, false)));
            return;
        }
        Err(error) => return cell.fail(error.into()),
    };
    let kill = Kill { agent, pid: Some(events.pid()) };
    if !short {
        feed(agent, events.pid(), &cell.code);
    }
    let (mut stdout, mut stderr, mut tail) = (Text::default(), Text::default(), Vec::new());
    let exit = loop {
        match during(&cell.guard, events.next()).await {
            Ok(Some(ProcessEvent::Stdout(bytes) | ProcessEvent::Pty(bytes))) => {
                say(cell, stdout.push(bytes), false).await;
            }
            Ok(Some(ProcessEvent::Stderr(bytes))) => {
                tail.extend_from_slice(&bytes);
                let surplus = tail.len().saturating_sub(TRACEBACK);
                tail.drain(..surplus);
                say(cell, stderr.push(bytes), true).await;
            }
            Ok(Some(ProcessEvent::Ended(exit))) => break exit,
            Ok(Some(ProcessEvent::Started { .. } | ProcessEvent::Keepalive)) => {}
            Ok(None) => return cell.fail(ControlError::internal("a program's stream had no end")),
            Err(error) => return cell.fail(error.into()),
        }
    };
    kill.forget();
    say(cell, stdout.finish(), false).await;
    say(cell, stderr.finish(), true).await;
    run.timed_out = !exit.exited && cell.limit.is_some_and(|limit| run.began + limit <= Instant::now());
    report(cell, &run, &exit, &String::from_utf8_lossy(&tail));
}

fn report(cell: &Cell, run: &Run, exit: &Exit, stderr: &str) {
    let code = if run.timed_out { TIMED_OUT_EXIT_CODE } else { exit_code(exit) };
    let error = (code != 0).then(|| {
        let mut error = CellError::of_program(stderr, code, run.timed_out);
        if let Some(reason) = exit.error.as_ref().filter(|_| !run.timed_out) {
            error.value = format!("{}: {reason}", error.value);
        }
        error
    });
    cell.end_as(run, code, error);
}

async fn say(cell: &Cell, data: String, error: bool) {
    if !data.is_empty() {
        let message =
            if error { CellServerMessage::Stderr { data } } else { CellServerMessage::Stdout { data } };
        cell.say(message).await;
    }
}

/// Gives a program its code. It may end before it has read all of it.
fn feed(agent: &AgentClient, pid: u32, code: &str) {
    const PIECE: usize = 64 << 10;
    let (agent, code) = (agent.clone(), Bytes::copy_from_slice(code.as_bytes()));
    tokio::spawn(async move {
        let mut rest = code;
        while !rest.is_empty() {
            let piece = rest.split_to(PIECE.min(rest.len()));
            agent.send_input(pid, piece).await?;
        }
        agent.close_stdin(pid).await
    });
}

/// Kills the program unless it has ended.
struct Kill<'a> {
    agent: &'a AgentClient,
    pid: Option<u32>,
}

impl Kill<'_> {
    fn forget(mut self) {
        self.pid = None;
    }
}

impl Drop for Kill<'_> {
    fn drop(&mut self) {
        if let Some(pid) = self.pid {
            let agent = self.agent.clone();
            tokio::spawn(async move { agent.send_signal(pid, Signal::SIGNAL_SIGKILL).await });
        }
    }
}
