//! Listening for questions in a slot.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream, UdpSocket},
    task::JoinSet,
};
use wrenn_runtime::NetworkNamespace;

use super::{
    ADDRESS, DENY_AGAIN, Dns, Transport,
    upstream::{read_message, write_message},
};
use crate::{
    error::{Error, Result},
    slot::{Names, Slot},
};

/// Questions of one capsule that are worked on at a time; others have to be asked again.
const AT_ONCE: usize = 64;
/// Longer questions are none.
const LARGEST_QUERY: usize = 4_096;
/// How long a connection may stay silent.
const SILENCE: Duration = Duration::from_secs(10);

/// What answering needs of a slot. It does not keep the slot.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) namespace: NetworkNamespace,
    pub(crate) names: Arc<Names>,
}

impl Asker {
    pub(crate) fn of(slot: &Slot) -> Self {
        Self { namespace: slot.namespace().clone(), names: Arc::clone(&slot.inner.names) }
    }
}

/// Answers questions in a slot for as long as it lasts. Blocks for a moment.
pub(crate) fn open(dns: &Arc<Dns>, slot: &Slot) -> Result<()> {
    let address = SocketAddr::from((ADDRESS, 53));
    let (udp, tcp) = slot
        .namespace()
        .run(|| {
            let udp = std::net::UdpSocket::bind(address)?;
            let tcp = std::net::TcpListener::bind(address)?;
            udp.set_nonblocking(true)?;
            tcp.set_nonblocking(true)?;
            Ok::<_, std::io::Error>((udp, tcp))
        })?
        .map_err(Error::system("listen for a capsule's questions for names"))?;
    let fault = Error::system::<std::io::Error>;
    let udp = UdpSocket::from_std(udp).map_err(fault("listen for a capsule's questions for names"))?;
    let tcp = TcpListener::from_std(tcp).map_err(fault("listen for a capsule's questions for names"))?;
    let asker = Asker::of(slot);
    let server = tokio::spawn(packets(Arc::clone(dns), asker.clone(), udp));
    slot.keep_server(server.abort_handle());
    let server = tokio::spawn(streams(Arc::clone(dns), asker.clone(), tcp));
    slot.keep_server(server.abort_handle());
    let refresher = tokio::spawn(refresh_denied(Arc::clone(dns), asker));
    slot.keep_server(refresher.abort_handle());
    Ok(())
}

async fn packets(dns: Arc<Dns>, asker: Asker, socket: UdpSocket) {
    let socket = Arc::new(socket);
    let mut work = JoinSet::new();
    let mut buffer = vec![0; LARGEST_QUERY];
    loop {
        let received = tokio::select! {
            received = socket.recv_from(&mut buffer) => received,
            Some(_) = work.join_next() => continue,
        };
        // An error tells of an earlier answer that could not be delivered.
        let Ok((length, from)) = received else { continue };
        if work.len() >= AT_ONCE {
            continue;
        }
        let (dns, asker, socket, query) =
            (Arc::clone(&dns), asker.clone(), Arc::clone(&socket), buffer[..length].to_vec());
        work.spawn(async move {
            if let Some(answer) = dns.answer(&asker, &query, Transport::Udp).await {
                // Who asked may have gone.
                let _ = socket.send_to(&answer, from).await;
            }
        });
    }
}

async fn streams(dns: Arc<Dns>, asker: Asker, listener: TcpListener) {
    let mut work = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = work.join_next() => continue,
        };
        match accepted {
            Ok((stream, _)) if work.len() < AT_ONCE => {
                work.spawn(stream_of(Arc::clone(&dns), asker.clone(), stream));
            }
            Ok(_) => {}
            // Out of files, most likely.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn stream_of(dns: Arc<Dns>, asker: Asker, mut stream: TcpStream) {
    while let Ok(Ok(query)) = tokio::time::timeout(SILENCE, read_message(&mut stream)).await {
        let Some(answer) = dns.answer(&asker, &query, Transport::Tcp).await else { return };
        if write_message(&mut stream, &answer).await.is_err() {
            return;
        }
    }
}

/// Looks up denied names again and again, since their addresses change. Those of a new policy were looked up by whoever
/// set it.
async fn refresh_denied(dns: Arc<Dns>, asker: Asker) {
    loop {
        if asker.names.policy().deny.exact_names().next().is_none() {
            asker.names.changed().await;
            continue;
        }
        if tokio::time::timeout(DENY_AGAIN, asker.names.changed()).await.is_err() {
            dns.deny(&asker).await;
        }
    }
}
