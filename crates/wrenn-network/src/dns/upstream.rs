//! Asking a resolver.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpStream, UdpSocket},
};

use super::message::Question;

/// How long one resolver may take.
const LIMIT: Duration = Duration::from_secs(2);
const LARGEST: usize = 65_535;

/// How a question came, and is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// One packet.
    Udp,
    /// A stream.
    Tcp,
}

/// Asks one resolver after the other until one answers. The response has the id of the query.
pub(super) async fn ask(
    resolvers: &[SocketAddr],
    query: &[u8],
    question: &Question,
    transport: Transport,
) -> io::Result<Vec<u8>> {
    let mut last =
        io::Error::new(io::ErrorKind::NotFound, "the machine has no resolver; name one with --dns");
    for resolver in resolvers {
        let asked = async {
            match transport {
                Transport::Udp => over_udp(*resolver, query, question).await,
                Transport::Tcp => over_tcp(*resolver, query, question).await,
            }
        };
        match tokio::time::timeout(LIMIT, asked).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

async fn over_udp(resolver: SocketAddr, query: &[u8], question: &Question) -> io::Result<Vec<u8>> {
    let own = match resolver {
        SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
    };
    let socket = UdpSocket::bind(own).await?;
    socket.connect(resolver).await?;
    let (query, id) = renumbered(query)?;
    socket.send(&query).await?;
    let mut buffer = vec![0; LARGEST];
    loop {
        let length = socket.recv(&mut buffer).await?;
        // Anything else may be an attempt to slip in an answer.
        if let Some(response) = accepted(&buffer[..length], id, question) {
            return Ok(response);
        }
    }
}

async fn over_tcp(resolver: SocketAddr, query: &[u8], question: &Question) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(resolver).await?;
    let (query, id) = renumbered(query)?;
    write_message(&mut stream, &query).await?;
    let response = read_message(&mut stream).await?;
    accepted(&response, id, question).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Reads a message that its length precedes.
pub(super) async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut message = vec![0; length.into()];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

/// Writes a message after its length.
pub(super) async fn write_message(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    stream.write_all(&[&length.to_be_bytes(), message].concat()).await
}

/// The query with an id that nobody can guess.
fn renumbered(query: &[u8]) -> io::Result<(Vec<u8>, [u8; 2])> {
    let id: [u8; 2] = rand::random();
    let rest = query.get(2..).ok_or(io::ErrorKind::InvalidData)?;
    Ok(([&id, rest].concat(), id))
}

fn accepted(response: &[u8], id: [u8; 2], question: &Question) -> Option<Vec<u8>> {
    let ours = response.starts_with(&id) && question.is_answered_by(response);
    ours.then(|| [&question.id.to_be_bytes(), &response[2..]].concat())
}
