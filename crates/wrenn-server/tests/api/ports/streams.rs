//! Bodies and connections that last.

use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _, stream};
use http::{Method, Request};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use super::service::Service;
use crate::harness::{Client, Server};

/// Longer than anything takes on the slowest machine.
const LIMIT: Duration = Duration::from_secs(60);

/// An open answer to a GET.
async fn open(server: &Client, path: &str) -> hyper::body::Incoming {
    let stream = TcpStream::connect(server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    let request = Request::get(path).header("host", server.address.to_string());
    let request = request.body(http_body_util::Empty::<Bytes>::new()).expect("a request");
    // The connection lives for as long as its answer is read.
    sender.send_request(request).await.expect("an answer").into_body()
}

fn frame(text: &'static str) -> Result<Frame<Bytes>, std::convert::Infallible> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

#[tokio::test(flavor = "multi_thread")]
async fn events_arrive_when_they_are_sent() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let mut body = open(&server, &format!("/v1/capsules/{id}/ports/{}/events", service.port)).await;
    let mut times = Vec::new();
    while let Some(frame) = tokio::time::timeout(LIMIT, body.frame()).await.expect("in time") {
        let data = frame.expect("no error").into_data().expect("data");
        assert_eq!(data, format!("data: {}\n\n", times.len()));
        times.push(Instant::now());
    }
    assert_eq!(times.len(), 3);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] > Duration::from_millis(150)), "{times:?}");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_answered_while_it_is_still_sent() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let stream = TcpStream::connect(server.address).await.expect("a connection");
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    let (body, frames) = tokio::sync::mpsc::channel(1);
    let frames = stream::unfold(frames, async |mut frames| Some((frames.recv().await?, frames)));
    let request = Request::post(format!("/v1/capsules/{id}/ports/{}/echo", service.port))
        .header("host", "x")
        .body(StreamBody::new(Box::pin(frames)))
        .expect("a request");
    let answer = tokio::spawn(async move { sender.send_request(request).await });
    body.send(frame("one")).await.unwrap();
    let mut answer = answer.await.unwrap().expect("an answer").into_body();
    let heard = async |answer: &mut hyper::body::Incoming| {
        tokio::time::timeout(LIMIT, answer.frame())
            .await
            .expect("in time")
            .unwrap()
            .unwrap()
            .into_data()
            .unwrap()
    };
    assert_eq!(heard(&mut answer).await, "one");
    body.send(frame("two")).await.unwrap();
    assert_eq!(heard(&mut answer).await, "two");
    drop(body);
    assert!(answer.frame().await.is_none());
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn large_bodies_pass_whole() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let body: Bytes = (0..20_000_000_u32).map(|number| (number % 251) as u8).collect();
    let reply = server.send(Method::POST, &format!("{base}/count"), &[], body.clone()).await;
    assert_eq!(reply.text(), "20000000");
    let reply = server.send(Method::PUT, &format!("{base}/echo"), &[], body.clone()).await;
    assert!(reply.bytes() == &body, "the echo differs");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_is_carried() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let host = format!("{}-{id}.localhost", service.port);
    let by_path = format!("/v1/capsules/{id}/ports/{}/socket", service.port);
    for (host, path) in [(&server.host, by_path.as_str()), (&host, "/socket")] {
        let mut request = format!("ws://{}{path}", server.address).into_client_request().expect("an address");
        request.headers_mut().insert("host", host.parse().expect("a header"));
        request.headers_mut().insert("sec-websocket-protocol", "other, echo".parse().expect("a header"));
        let (mut socket, answer) = connect_async(request).await.expect("a WebSocket");
        assert_eq!(answer.headers()["sec-websocket-protocol"], "echo");
        let large = vec![7; 3_000_000];
        for message in [Message::text("hello"), Message::binary(large), Message::binary(Vec::new())] {
            socket.send(message.clone()).await.expect("it is open");
            assert!(socket.next().await.expect("not closed").expect("not broken") == message);
        }
        socket.send(Message::Ping("are you there".into())).await.expect("it is open");
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong("are you there".into()));
        socket.close(None).await.expect("it is open");
        assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_leaves_nothing_behind() {
    let server = Server::start().await;
    let (id, mut service) = (server.capsule().await, Service::start().await);
    let mut body = open(&server, &format!("/v1/capsules/{id}/ports/{}/endless", service.port)).await;
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "tick\n");
    drop(body);
    tokio::time::timeout(LIMIT, service.gone.recv())
        .await
        .expect("the service learns of it")
        .expect("a word");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_and_an_end_cut_streams_off() {
    let server = Server::start().await;
    let service = Service::start().await;
    for end in ["pause", ""] {
        let id = server.capsule().await;
        let base = format!("/v1/capsules/{id}/ports/{}", service.port);
        let mut body = open(&server, &format!("{base}/endless")).await;
        assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "tick\n");
        let request =
            format!("ws://{}{base}/socket", server.address).into_client_request().expect("an address");
        let (mut socket, _) = connect_async(request).await.expect("a WebSocket");
        let method = if end.is_empty() { Method::DELETE } else { Method::POST };
        let reply = server.call(method, format!("/v1/capsules/{id}/{end}").trim_end_matches('/'), "").await;
        assert!(reply.status < 300, "{}", reply.text());
        let rest = async {
            loop {
                match body.frame().await {
                    Some(Ok(_)) => {}
                    other => return other,
                }
            }
        };
        let rest = tokio::time::timeout(LIMIT, rest).await.expect("it ends");
        assert!(rest.is_some_and(|last| last.is_err()), "it must not look whole");
        let heard = tokio::time::timeout(LIMIT, socket.next()).await.expect("it ends");
        assert!(heard.is_none_or(|message| message.is_err()));
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_what_has_no_end() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let path = format!("/v1/capsules/{id}/ports/{}/socket", service.port);
    let (mut socket, _) = connect_async(format!("ws://{}{path}", server.address)).await.expect("a WebSocket");
    let events = format!("/v1/capsules/{id}/ports/{}/ever", service.port);
    let mut events = open(&server, &events).await;
    assert!(events.frame().await.unwrap().is_ok());
    let begun = Instant::now();
    server.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert!(socket.next().await.is_none_or(|message| message.is_err()));
}
