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

#[cfg(test)]
mod tests {
    use std::{os::fd::OwnedFd, os::unix::net::UnixStream as StdStream, time::Duration};

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::UnixStream,
    };
    use wrenn_agent_proto::link::{ANSWER, GREETING, NONCE};

    use super::*;

    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    /// A frame of unknown kind, which is to be passed over, of three bytes.
    const FRAME: &[u8] = b"\0\0\x03\x7f\0\0\0\0\0xyz";

    fn start() -> UnixStream {
        let (host, agent) = StdStream::pair().unwrap();
        host.set_nonblocking(true).unwrap();
        agent.set_nonblocking(true).unwrap();
        let file = File::from(OwnedFd::from(agent));
        tokio::spawn(async move { serve(file, Agent::default(), std::future::pending()).await });
        UnixStream::from_std(host).unwrap()
    }

    async fn greet(host: &mut UnixStream, number: u8) {
        host.write_all(&[&GREETING[..], &[number; NONCE]].concat()).await.unwrap();
    }

    /// Reads up to the answer to that greeting; whether it came.
    async fn is_answered(host: &mut UnixStream, number: u8, limit: Duration) -> bool {
        let expected = [&ANSWER[..], &[number; NONCE]].concat();
        let mut heard = Vec::new();
        let answer = async {
            while !heard.ends_with(&expected) {
                heard.push(host.read_u8().await.unwrap());
            }
        };
        timeout(limit, answer).await.is_ok()
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn every_greeting_between_frames_begins_anew() {
        let mut host = start();
        host.write_all(b"what an earlier host left").await.unwrap();
        for number in 1..5 {
            greet(&mut host, number).await;
            assert!(is_answered(&mut host, number, LONG).await);
            if number % 2 == 0 {
                host.write_all(PREFACE).await.unwrap();
                host.write_all(FRAME).await.unwrap();
                // The agent's own first frame: it is in the middle of a connection.
                let mut header = [0; 9];
                host.read_exact(&mut header).await.unwrap();
                assert_eq!(header[3], 4, "{header:?}");
            }
        }
    }

    #[tokio::test]
    async fn within_a_frame_a_greeting_is_content() {
        let mut host = start();
        greet(&mut host, 1).await;
        assert!(is_answered(&mut host, 1, LONG).await);
        host.write_all(PREFACE).await.unwrap();
        host.write_all(b"\0\0\x24\x7f\0\0\0\0\0four").await.unwrap();
        greet(&mut host, 2).await;
        assert!(!is_answered(&mut host, 2, Duration::from_millis(100)).await);
        greet(&mut host, 3).await;
        assert!(is_answered(&mut host, 3, LONG).await);
    }
}
