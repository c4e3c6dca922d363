//! The start command: starts it, watches whether it becomes ready, and notes how it ends. The capsule lives on whatever
//! comes of it, and nobody waits for it here.

use std::{sync::Arc, time::Duration};

use tokio::{sync::mpsc, task::JoinHandle};
use wrenn_agent_proto::{
    AgentClient, AgentError, ErrorCode, Exit, ProcessEvent, ProcessStart, ProcessStream,
};
use wrenn_runtime::template::StartCommand;

use super::Handle;
use crate::{START_TAG, Startup, State, activity::Shared};

/// Between two looks whether the port is open: at first, and at most.
const FIRST_LOOK: Duration = Duration::from_millis(10);
const LONGEST_LOOK: Duration = Duration::from_millis(250);
/// How long one look may take.
const LOOK_LIMIT: Duration = Duration::from_secs(5);
/// Until the agent is asked again after its connection broke.
const AGAIN: Duration = Duration::from_secs(1);
/// How much of the command's last output goes into the reason of its failure.
const LAST_WORDS: usize = 300;

/// What happens with the start command, for the capsule's owner. Dropping it leaves the command alone.
pub(super) struct Watch {
    news: mpsc::Receiver<Startup>,
    task: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins, or goes on, where `record.start` is.
    pub(super) fn begin(handle: &Handle) -> Self {
        let (tell, news) = mpsc::channel(1);
        let (startup, command) = {
            let shared = handle.shared.lock();
            (shared.record.start.clone(), shared.record.defaults.start.clone())
        };
        let task = match (startup, command) {
            (startup @ (Startup::Pending | Startup::Begun | Startup::Ready), Some(command)) => {
                let (shared, agent) = (Arc::clone(&handle.shared), handle.agent.clone());
                Some(tokio::spawn(Follow { shared, agent, command, startup, tell }.run()))
            }
            _ => None,
        };
        Self { news, task }
    }

    /// The next thing that happens with it; never returns when nothing more will. Cancel-safe.
    pub(super) async fn next(&mut self) -> Startup {
        match self.news.recv().await {
            Some(startup) => startup,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

struct Follow {
    shared: Arc<Shared>,
    agent: AgentClient,
    command: StartCommand,
    startup: Startup,
    tell: mpsc::Sender<Startup>,
}

/// What came of one connection to the process.
enum Outcome {
    Ended(Exit, String),
    Lost,
}

impl Follow {
    async fn run(mut self) {
        loop {
            let reason = match self.open().await {
                Ok(stream) => match self.watch(stream).await {
                    Outcome::Ended(exit, last_words) => return self.end(&exit, &last_words).await,
                    Outcome::Lost => None,
                },
                Err(error) => match error.code() {
                    // Nobody answers: the capsule is paused in a way that keeps no connection, or about to end.
                    None | Some(ErrorCode::Unavailable) => None,
                    Some(ErrorCode::NotFound) if self.startup != Startup::Pending => {
                        Some("it ended while nobody watched it".to_owned())
                    }
                    Some(_) => Some(error.to_string()),
                },
            };
            if let Some(reason) = reason {
                return self.note(Startup::Failed { reason }).await;
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Starts the command, or finds it where it runs already: after a restart of this program, or of a capsule that came
    /// with its processes.
    async fn open(&mut self) -> Result<ProcessStream, AgentError> {
        if self.startup == Startup::Pending {
            let mut argv = self.command.argv.iter().cloned();
            let start = ProcessStart {
                cmd: argv.next().unwrap_or_default(),
                args: argv.collect(),
                tag: Some(START_TAG.to_owned()),
                ..ProcessStart::default()
            };
            match self.agent.start(start).await {
                Err(error) if error.code() == Some(ErrorCode::AlreadyExists) => {}
                started => {
                    let stream = started?;
                    self.begun().await;
                    return Ok(stream);
                }
            }
        }
        let stream = self.agent.connect(START_TAG, None).await?;
        if self.startup == Startup::Pending {
            self.begun().await;
        }
        Ok(stream)
    }

    async fn begun(&mut self) {
        let ready = self.command.ready_port.is_none();
        self.note(if ready { Startup::Ready } else { Startup::Begun }).await;
    }

    async fn watch(&mut self, mut stream: ProcessStream) -> Outcome {
        let mut last_words = Vec::new();
        let port = self.command.ready_port;
        let open = open(self.agent.clone(), Arc::clone(&self.shared), port.unwrap_or_default());
        let mut open = std::pin::pin!(open);
        loop {
            let event = tokio::select! {
                biased;
                () = &mut open, if self.startup == Startup::Begun => {
                    self.note(Startup::Ready).await;
                    continue;
                }
                event = stream.next() => event,
            };
            match event {
                Ok(Some(ProcessEvent::Stdout(bytes) | ProcessEvent::Stderr(bytes))) => {
                    last_words.extend_from_slice(&bytes);
                    let surplus = last_words.len().saturating_sub(LAST_WORDS);
                    last_words.drain(..surplus);
                }
                Ok(Some(ProcessEvent::Ended(exit))) => {
                    return Outcome::Ended(exit, String::from_utf8_lossy(&last_words).into_owned());
                }
                Ok(Some(ProcessEvent::Started { .. } | ProcessEvent::Pty(_) | ProcessEvent::Keepalive)) => {}
                Ok(None) | Err(_) => return Outcome::Lost,
            }
        }
    }

    async fn end(mut self, exit: &Exit, last_words: &str) {
        let startup = match self.command.ready_port {
            Some(port) if exit.exited && exit.code == 0 && self.startup == Startup::Begun => {
                Startup::Failed { reason: format!("it ended before anything listened on port {port}") }
            }
            _ if exit.exited && exit.code == 0 => Startup::Done,
            _ => {
                let mut reason = exit.status.clone();
                for more in exit.error.as_deref().into_iter().chain(last_words.lines().last()) {
                    reason.push_str(": ");
                    reason.push_str(more.trim());
                }
                Startup::Failed { reason }
            }
        };
        self.note(startup).await;
    }

    async fn note(&mut self, startup: Startup) {
        self.startup = startup.clone();
        // When the owner has gone, nobody wants to know.
        self.tell.send(startup).await.ok();
    }
}

/// Returns once something listens on the port inside.
async fn open(agent: AgentClient, shared: Arc<Shared>, port: u16) {
    let mut pause = FIRST_LOOK;
    loop {
        if shared.state() == State::Running
            && let Ok(Ok(_)) = tokio::time::timeout(LOOK_LIMIT, agent.tunnel(port)).await
        {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 5 / 4).min(LONGEST_LOOK);
    }
}
