//! `CONNECT 127.0.0.1:PORT`: a byte tunnel to a port inside the capsule.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use axum::{body::Body, response::IntoResponse as _};
use http::{Request, Response, StatusCode, Uri};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{io::copy_bidirectional_with_sizes, net::TcpStream, time::timeout};

use super::{error::HttpError, listening};

/// How long a port may take to accept.
const CONNECT_TIME: Duration = Duration::from_secs(10);

/// How much is carried at a time, each way.
const BUFFER: usize = 32 << 10;

/// Answers a CONNECT request; on success the bytes of both sides flow until both have ended.
pub(crate) async fn connect(mut request: Request<Body>) -> Response<Body> {
    let port = match port(request.uri()) {
        Ok(port) => port,
        Err(error) => return error.into_response(),
    };
    let Some(stream) = dial(port).await else {
        let message = format!("Nothing listens on port {port} in the capsule; start the service first.");
        return HttpError::new(StatusCode::BAD_GATEWAY, message).into_response();
    };
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => carry(upgraded, stream).await,
            Err(error) => tracing::debug!(%error, "a tunnel was given up before it began"),
        }
    });
    Response::new(Body::empty())
}

/// The port of a target on this very machine.
fn port(uri: &Uri) -> Result<u16, HttpError> {
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    match uri.port_u16() {
        Some(port) if port > 0 && local => Ok(port),
        _ => Err(HttpError::bad("A tunnel leads to 127.0.0.1 and a port, as in `CONNECT 127.0.0.1:8000`.")),
    }
}

/// Services listen on either loopback address, or on one that the system has to be asked for.
async fn dial(port: u16) -> Option<TcpStream> {
    let dial = async {
        for usual in [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)] {
            if let Ok(stream) = TcpStream::connect((usual, port)).await {
                return Some(stream);
            }
        }
        for address in listening::addresses(port).await {
            if let Ok(stream) = TcpStream::connect((address, port)).await {
                return Some(stream);
            }
        }
        None
    };
    let stream = timeout(CONNECT_TIME, dial).await.ok().flatten()?;
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

async fn carry(upgraded: Upgraded, mut stream: TcpStream) {
    let mut client = TokioIo::new(upgraded);
    if let Err(error) = copy_bidirectional_with_sizes(&mut client, &mut stream, BUFFER, BUFFER).await {
        tracing::debug!(%error, "a tunnel broke");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ports_of_this_machine() {
        let port = |target: &'static str| port(&Uri::from_static(target)).ok();
        assert_eq!(port("127.0.0.1:8000"), Some(8000));
        assert_eq!(port("localhost:1"), Some(1));
        assert_eq!(port("[::1]:65535"), Some(65535));
        assert_eq!(port("127.0.0.1:0"), None);
        assert_eq!(port("10.0.0.1:80"), None);
        assert_eq!(port("example.com:80"), None);
        assert_eq!(port("127.0.0.1"), None);
    }
}
