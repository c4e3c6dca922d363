//! What listens in a capsule, from outside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{SinkExt as _, StreamExt as _, future::join_all};
use reqwest::header::HOST;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};
use wrenn::{Capsule, CapsuleStatus, CommandEvent, OnTimeout};
use wrenn_tests::{TestServer, http_client};

const SERVICE: &str = include_str!("../services/web.py");

/// Starts the web server inside and waits until it listens.
async fn serve(capsule: &Capsule, address: &str, port: u16) {
    capsule.files().write("/srv/web.py", SERVICE).await.unwrap();
    let mut events = capsule
        .commands()
        .stream("python3")
        .args(["-u", "/srv/web.py", address, &port.to_string()])
        .await
        .unwrap();
    loop {
        match events.next().await.expect("it runs").expect("it is heard") {
            CommandEvent::Stdout(_) => return,
            CommandEvent::Stderr(text) => panic!("{text:?}"),
            CommandEvent::Exited { .. } => panic!("it ended"),
            _ => {}
        }
    }
}

/// The peak of a process's resident memory in MiB.
fn peak_mib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process lives");
    let line = status.lines().find(|line| line.starts_with("VmHWM")).expect("a peak");
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[tokio::test]
async fn a_web_server_inside_is_reached_on_any_address_by_path_and_by_host() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let client = http_client();
    for (port, address) in [(8000, "127.0.0.1"), (8001, "0.0.0.0"), (8002, "127.0.0.9"), (8003, "::1")] {
        serve(&capsule, address, port).await;
        let url = capsule.url(port);
        let prefix = url.strip_prefix(&server.base_url).expect("by path").to_owned();
        let text = client.put(format!("{url}/v1/x?y=z")).send().await.unwrap().text().await.unwrap();
        assert_eq!(text, format!("PUT /v1/x?y=z {prefix}"));
        let host = format!("{port}-{}.localhost:1", capsule.id());
        let by_host = client.get(format!("{}/v1/capsules", server.base_url)).header(HOST, host);
        assert_eq!(by_host.send().await.unwrap().text().await.unwrap(), "GET /v1/capsules -");
    }
    let printed = server.cli().args(["url", capsule.id(), "8000"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&printed.stdout), format!("{}/\n", capsule.url(8000)));
    server.assert_clean().await;
}

#[tokio::test]
async fn events_and_websockets_pass_as_they_come() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    serve(&capsule, "127.0.0.1", 8000).await;
    let url = capsule.url(8000);

    let mut answer = http_client().get(format!("{url}/events?4")).send().await.unwrap();
    let mut times = Vec::new();
    while let Some(event) = answer.chunk().await.unwrap() {
        assert_eq!(event, format!("data: {}\n\n", times.len()));
        times.push(Instant::now());
    }
    assert_eq!(times.len(), 4);
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] > Duration::from_millis(150)), "{times:?}");

    let request = url.replacen("http", "ws", 1) + "/socket";
    let (mut socket, _) = connect_async(request.into_client_request().unwrap()).await.unwrap();
    for message in
        [Message::text("hällo"), Message::binary(vec![0, 255, 10]), Message::binary(vec![7; 60_000])]
    {
        socket.send(message.clone()).await.unwrap();
        assert!(socket.next().await.unwrap().unwrap() == message);
    }
    socket.send(Message::Ping("x".into())).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap(), Message::Pong("x".into()));
    socket.close(None).await.unwrap();
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
    server.assert_clean().await;
}

#[tokio::test]
async fn large_bodies_pass_with_flat_memory() {
    const SIZE: usize = 256 << 20;
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    serve(&capsule, "127.0.0.1", 8000).await;
    let (url, client) = (capsule.url(8000), http_client());
    client.get(format!("{url}/")).send().await.unwrap();
    // The start took more than the server needs now: forget that peak.
    std::fs::write(format!("/proc/{}/clear_refs", server.pid()), "5").unwrap();
    let before = peak_mib(server.pid());

    let block = vec![7_u8; 1 << 20];
    let blocks =
        futures_util::stream::iter((0..SIZE >> 20).map(move |_| Ok::<_, std::io::Error>(block.clone())));
    let upload = client.post(format!("{url}/count")).body(reqwest::Body::wrap_stream(blocks));
    assert_eq!(upload.send().await.unwrap().text().await.unwrap(), SIZE.to_string());

    let mut answer = client.get(format!("{url}/bytes?{SIZE}")).send().await.unwrap();
    assert_eq!(answer.content_length(), Some(SIZE as u64));
    let mut count = 0;
    while let Some(bytes) = answer.chunk().await.unwrap() {
        count += bytes.len();
    }
    assert_eq!(count, SIZE);
    let grown = peak_mib(server.pid()) - before;
    println!("the server grew by {grown} MiB");
    assert!(grown <= 32, "the server grew by {grown} MiB for bodies of 256 MiB");
    server.assert_clean().await;
}

#[tokio::test]
async fn nothing_to_reach_is_said_at_once() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let client = http_client();
    let begun = Instant::now();
    let answer = client.get(format!("{}/", capsule.url(8000))).send().await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(answer.status(), 502);
    let error: serde_json::Value = answer.json().await.unwrap();
    assert!(error["error"]["message"].as_str().unwrap().contains("port 8000"), "{error}");

    serve(&capsule, "127.0.0.1", 8000).await;
    let mut stream = client.get(format!("{}/events?1000", capsule.url(8000))).send().await.unwrap();
    stream.chunk().await.unwrap();
    capsule.pause().await.unwrap();
    while let Ok(event) = stream.chunk().await {
        assert!(event.is_some(), "a stream that was cut off must not look whole");
    }
    assert_eq!(client.get(format!("{}/", capsule.url(8000))).send().await.unwrap().status(), 409);
    capsule.resume_and_wait().await.unwrap();
    assert_eq!(client.get(format!("{}/", capsule.url(8000))).send().await.unwrap().status(), 200);
    capsule.destroy().await.unwrap();
    assert_eq!(client.get(format!("{}/", capsule.url(8000))).send().await.unwrap().status(), 404);
    server.assert_clean().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_port_loses_no_request() {
    const CLIENTS: usize = 16;
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    serve(&capsule, "127.0.0.1", 8000).await;
    let url = Arc::new(format!("{}/x", capsule.url(8000)));
    let (over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let clients = join_all((0..CLIENTS).map(|number| {
        let (url, over, done, client) =
            (Arc::clone(&url), Arc::clone(&over), Arc::clone(&done), http_client());
        tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                // Some bodies, too: those are never sent twice.
                let request = if number % 4 == 0 { client.post(&*url).body("x") } else { client.get(&*url) };
                let answer = request.send().await.expect("an answer");
                assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap_or_default());
                answer.bytes().await.expect("a body");
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    }));
    tokio::spawn({
        let over = Arc::clone(&over);
        async move {
            tokio::time::sleep(Duration::from_secs(4)).await;
            over.store(true, Ordering::Relaxed);
        }
    });
    for outcome in clients.await {
        outcome.expect("no request fails");
    }
    let done = done.load(Ordering::Relaxed);
    let rate = done as f64 / begun.elapsed().as_secs_f64();
    println!("{done} requests, {rate:.0} per second (debug build)");
    assert!(done > 500, "only {done} requests in 4 s");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_private_port_opens_to_its_team_and_to_signed_addresses_also_after_a_restart() {
    let mut server = TestServer::start().await;
    let create = server.client().create_capsule("minimal").private_ports(true);
    let id = create.await.unwrap().id().to_owned();
    let capsule = server.client().capsule(&id);
    serve(&capsule, "127.0.0.1", 8000).await;
    let token = capsule.info().await.unwrap().ports_token.expect("a token");
    let signed = capsule.signed_url(8000, Duration::from_secs(600)).path("/a").await.unwrap();
    let path = signed.url.strip_prefix(&server.base_url).expect("by path").to_owned();
    let client = http_client();
    for round in 0..2 {
        let url = format!("{}/a", server.client().capsule(&id).url(8000));
        let status = async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
        assert_eq!(status(client.get(&url)).await, 404, "{round}");
        assert_eq!(status(client.get(&url).header("X-API-Key", "wrn_0")).await, 404);
        assert_eq!(status(client.get(&url).header("X-API-Key", &server.api_key)).await, 200);
        assert_eq!(status(client.get(&url).header("X-Wrenn-Ports-Token", token.as_str())).await, 200);
        let signed = format!("{}{path}", server.base_url);
        assert_eq!(status(client.get(&signed)).await, 200);
        assert_eq!(status(client.get(format!("{signed}x"))).await, 404);
        assert_eq!(status(client.get(signed.replacen("/a?", "/b?", 1))).await, 404);
        if round == 0 {
            server.kill();
            server.restart().await;
        }
    }
    let printed = server.cli().args(["url", &id, "8000", "--sign", "1h", "--path", "/a"]).output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(client.get(printed.trim()).send().await.unwrap().status(), 200, "{printed}");
    let log = server.log();
    assert!(!log.contains("wrenn_signature") && !log.contains(token.as_str()), "a secret is in the log");
    server.assert_clean().await;
}

#[tokio::test]
async fn visitors_keep_a_capsule_awake() {
    let server = TestServer::start().await;
    let create = server.client().create_capsule("minimal").timeout_sec(2).on_timeout(OnTimeout::Pause);
    let capsule = create.await.unwrap();
    capsule.wait_for_ready().await.unwrap();
    serve(&capsule, "127.0.0.1", 8000).await;
    let mut stream = http_client().get(format!("{}/events?16", capsule.url(8000))).send().await.unwrap();
    let begun = Instant::now();
    let mut events = 0;
    while stream.chunk().await.expect("it is not cut off").is_some() {
        events += 1;
    }
    assert_eq!(events, 16);
    assert!(begun.elapsed() > Duration::from_secs(4));
    assert_eq!(capsule.info().await.unwrap().status, CapsuleStatus::Running);
    let begun = Instant::now();
    while capsule.info().await.unwrap().status != CapsuleStatus::Paused {
        assert!(begun.elapsed() < Duration::from_secs(30), "it never pauses");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    server.assert_clean().await;
}
