//! The port proxy, beside the same web server reached directly on the host.

use std::{
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};
use wrenn::{Client, CommandEvent};

use crate::{
    report::{Report, Row},
    series::Series,
};

const SERVICE: &str = include_str!("../../tests/services/web.py");
const PORT: u16 = 8000;
const GETS: usize = 500;
const CONNECTIONS: usize = 16;
const TIME: Duration = Duration::from_secs(4);
const BODY: usize = 256 << 20;

/// Where the web server is: an address, and what stands before its paths.
#[derive(Clone)]
struct Place {
    address: SocketAddr,
    prefix: String,
}

pub(crate) async fn measure(client: &Client, scratch: &Path, report: &mut Report) -> anyhow::Result<()> {
    let direct = Direct::start(scratch).await?;
    let place = Place { address: direct.address, prefix: String::new() };
    all(&place, "floor: the same server directly", report).await?;
    drop(direct);

    let capsule = client.create_capsule("minimal").await?;
    capsule.files().write("/srv/web.py", SERVICE).await?;
    let port = PORT.to_string();
    let mut events =
        capsule.commands().stream("python3").args(["-u", "/srv/web.py", "127.0.0.1", &port]).await?;
    while !matches!(events.next().await.context("the web server ended")??, CommandEvent::Stdout(_)) {}
    let url = capsule.url(PORT);
    let (host, path) = url.trim_start_matches("http://").split_once('/').context("a port by path")?;
    let place = Place { address: host.parse()?, prefix: format!("/{path}") };
    all(&place, "port proxy", report).await?;
    capsule.destroy().await?;
    Ok(())
}

async fn all(place: &Place, what: &str, report: &mut Report) -> anyhow::Result<()> {
    let mut connection = Connection::open(place).await?;
    let mut series = Series::default();
    connection.get("/x").await?;
    for _ in 0..GETS {
        let started = Instant::now();
        connection.get("/x").await?;
        series.push(started.elapsed());
    }
    report.add(Row::times(format!("{what}: GET, kept connection"), &series));

    let started = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let place = place.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(&place).await?;
                let mut count = 0_u32;
                while started.elapsed() < TIME {
                    connection.get("/x").await?;
                    count += 1;
                }
                anyhow::Ok(count)
            })
        })
        .collect();
    let mut count = 0;
    for client in clients {
        count += client.await??;
    }
    let rate = f64::from(count) / started.elapsed().as_secs_f64();
    report.add(Row::single(format!("{what}: GETs, {CONNECTIONS} connections"), "1/s", rate));

    let started = Instant::now();
    let bytes = connection.get(&format!("/bytes?{BODY}")).await?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(bytes == BODY, "a body of {bytes} bytes came");
    report.add(Row::single(format!("{what}: body of 256 MiB"), "MB/s", BODY as f64 / 1e6 / seconds));
    Ok(())
}

/// As little of HTTP/1.1 as is needed, so that the client costs little beside what is measured.
struct Connection {
    stream: BufReader<TcpStream>,
    prefix: String,
}

impl Connection {
    async fn open(place: &Place) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(place.address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::with_capacity(256 << 10, stream), prefix: place.prefix.clone() })
    }

    /// The length of the answer's body, which has to be a good one.
    async fn get(&mut self, path: &str) -> anyhow::Result<usize> {
        let request = format!("GET {}{path} HTTP/1.1\r\nHost: localhost\r\n\r\n", self.prefix);
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        let mut length = None;
        let mut line = String::new();
        let mut is_first = true;
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line).await? > 0, "the connection ended");
            ensure!(!is_first || line.starts_with("HTTP/1.1 200"), "the answer is {line}");
            is_first = false;
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = Some(value.parse()?);
                }
                Some(_) => {}
                None if line == "\r\n" => break,
                None => {}
            }
        }
        let length: usize = length.context("an answer without a length")?;
        let mut left = length;
        while left > 0 {
            let available = self.stream.fill_buf().await?.len().min(left);
            ensure!(available > 0, "the body ended early");
            self.stream.consume(available);
            left -= available;
        }
        Ok(length)
    }
}

/// The web server on the host.
struct Direct {
    child: Child,
    address: SocketAddr,
}

impl Direct {
    async fn start(scratch: &Path) -> anyhow::Result<Self> {
        let script = scratch.join("web.py");
        std::fs::write(&script, SERVICE)?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new("python3")
            .arg(&script)
            .args([address.ip().to_string(), address.port().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .context("cannot run python3")?;
        let direct = Self { child, address };
        let started = Instant::now();
        while TcpStream::connect(address).await.is_err() {
            ensure!(started.elapsed() < Duration::from_secs(20), "the web server does not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(direct)
    }
}

impl Drop for Direct {
    fn drop(&mut self) {
        // It may have ended by itself, which the measurement has noticed then.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
