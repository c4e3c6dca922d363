//! Answers on the port.

use std::{fs::File, future::Future, io};

use tokio::{sync::watch, time::timeout};

use super::{boot::Machine, link::Line, port::Port};
use crate::{
    agent::Agent,
    router,
    server::{LAST_WORDS, Via, connection},
};

/// Answers on the machine's port, one connection after another, until `shutdown` completes, and then lets the one that is
/// open say what it has to say.
///
/// # Errors
/// When the port is broken, which a port of a virtual machine is not.
pub async fn serve_port(
    machine: &Machine,
    agent: Agent,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    serve(machine.port.try_clone()?, agent, shutdown).await
}

async fn serve(file: File, agent: Agent, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let line = Line::new(Port::new(file)?);
    let router = router::router(&agent);
    let (ending, mut told) = watch::channel(());
    let answer_all = async {
        loop {
            let link = tokio::select! {
                link = line.accept() => link?,
                _ = told.changed() => return Ok(()),
            };
            let is_over = link.is_over();
            tokio::select! {
                // To whoever has left nothing more is said.
                biased;
                () = is_over.notified() => {}
                () = connection(link, Via::Port, agent.clone(), router.clone(), told.clone()) => {}
            }
        }
    };
    tokio::pin!(answer_all);
    tokio::select! {
        broken = &mut answer_all => return broken,
        () = shutdown => {}
    }
    let _ = ending.send(());
    timeout(LAST_WORDS, answer_all).await.unwrap_or(Ok(()))
}
