//! The life of the agent's own process: orphans are collected, a request to end is passed on to all processes.

use std::{future::Future, io, time::Duration};

use nix::{
    sys::signal::{Signal as NixSignal, kill},
    unistd::Pid,
};
use rustix::process::Signal;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::{Instant, timeout_at},
};

use crate::agent::Agent;

/// How long processes may take to end when they are asked to.
const GRACE: Duration = Duration::from_secs(5);

/// Completes once this process was asked to end (SIGTERM, SIGINT, in a machine also by its host) and all that ran has ended, if need be by force.
/// Process 1 meanwhile collects the orphans of its capsule, and takes every process along.
///
/// # Errors
/// When signals cannot be received.
pub fn until_asked_to_end(agent: &Agent) -> io::Result<impl Future<Output = ()> + use<>> {
    let is_init = std::process::id() == 1;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut child = if is_init { Some(signal(SignalKind::child())?) } else { None };
    let agent = agent.clone();
    Ok(async move {
        let children = agent.processes().children().clone();
        let collect = async {
            let Some(child) = &mut child else { return std::future::pending::<()>().await };
            loop {
                children.collect_orphans();
                child.recv().await;
            }
        };
        tokio::select! {
            () = collect => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            () = agent.asked_to_end() => {}
        }
        let deadline = Instant::now() + GRACE;
        if is_init {
            everyone(NixSignal::SIGTERM);
            let gone = async {
                while children.collect_orphans() {
                    if let Some(child) = &mut child {
                        child.recv().await;
                    }
                }
            };
            if timeout_at(deadline, gone).await.is_err() {
                everyone(NixSignal::SIGKILL);
            }
        } else {
            agent.processes().signal_all(Signal::TERM);
            if timeout_at(deadline, agent.processes().until_none()).await.is_err() {
                agent.processes().signal_all(Signal::KILL);
            }
        }
    })
}

/// Signals every process of the capsule but this one.
fn everyone(signal: NixSignal) {
    kill(Pid::from_raw(-1), signal).ok();
}
