//! The other side of the machine's network.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{Arc, Mutex, PoisonError, mpsc},
};

use wrenn_runtime::NetworkNamespace;

use super::{CLOSED, MACHINE, Names, OPEN, OPEN_IPV6, ip};

/// Where everything on the internet listens, TCP and UDP.
pub(super) const PORT: u16 = 7000;

/// Somebody was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Who.
    pub to: IpAddr,
    /// By whom.
    pub from: IpAddr,
}

/// What is on the internet.
pub struct Internet {
    namespace: NetworkNamespace,
    visits: Arc<Mutex<Vec<Visit>>>,
}

impl Internet {
    /// Starts everything that listens.
    pub(super) fn start() -> Self {
        let namespace = NetworkNamespace::loopback().expect("a network for the internet");
        let internet = Self { namespace, visits: Arc::default() };
        internet.inside(|| {
            for address in OPEN.iter().chain(&CLOSED) {
                ip(&format!("address add {address}/32 dev lo"));
            }
            ip(&format!("-6 address add {OPEN_IPV6}/128 dev lo nodad"));
        });
        internet.listen();
        internet
    }

    /// Links it to the machine, in whose network the calling thread is.
    pub(super) fn connect(&self) {
        ip("link set lo up");
        let (ready, told) = mpsc::channel();
        let (done, finished) = mpsc::channel::<()>();
        let namespace = self.namespace.clone();
        // Its number stands for the namespace while it is there.
        let anchor = std::thread::spawn(move || {
            namespace.enter().expect("the internet");
            let thread = std::fs::read_link("/proc/thread-self").expect("/proc");
            ready
                .send(thread.file_name().expect("a number").to_string_lossy().into_owned())
                .expect("a listener");
            let _ = finished.recv();
        });
        let thread = told.recv().expect("a number");
        ip(&format!("link add uplink type veth peer name downlink netns {thread}"));
        drop(done);
        anchor.join().expect("the anchor");
        for address in MACHINE {
            ip(&format!("address add {address}/24 dev uplink"));
        }
        ip("-6 address add 2001:db8:1::2/64 dev uplink nodad");
        ip("link set uplink up");
        self.inside(|| {
            ip("address add 50.0.0.1/24 dev downlink");
            ip("address add 50.0.0.53/24 dev downlink");
            ip("-6 address add 2001:db8:1::1/64 dev downlink nodad");
            ip("link set downlink up");
        });
        ip("route add default via 50.0.0.1");
        ip("-6 route add default via 2001:db8:1::1");
    }

    /// Whoever was reached so far, in order, and is forgotten by this.
    pub fn visits(&self) -> Vec<Visit> {
        std::mem::take(&mut *self.visits.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn serve_names(&self, address: &'static str, names: &Names) {
        // Bound before it has the address.
        let (udp, tcp) = self.inside(|| {
            ip(&format!("address add {address}/32 dev lo"));
            (
                UdpSocket::bind((address, 53)).expect("port 53"),
                TcpListener::bind((address, 53)).expect("port 53"),
            )
        });
        names.serve(udp, tcp);
    }

    /// Does something in the internet's namespace.
    fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.namespace.run(work).expect("the internet")
    }

    fn listen(&self) {
        let everywhere: SocketAddr = (std::net::Ipv6Addr::UNSPECIFIED, PORT).into();
        let (tcp, sockets) = self.inside(|| {
            let each = OPEN.iter().chain(&CLOSED).chain([&OPEN_IPV6]);
            let each = each.map(|address| UdpSocket::bind((*address, PORT)).expect("a port"));
            (TcpListener::bind(everywhere).expect("a port"), each.collect::<Vec<_>>())
        });
        let visits = Arc::clone(&self.visits);
        std::thread::spawn(move || {
            for stream in tcp.incoming().flatten() {
                note(&visits, stream.local_addr(), stream.peer_addr());
                std::thread::spawn(move || echo(stream));
            }
        });
        for socket in sockets {
            let visits = Arc::clone(&self.visits);
            std::thread::spawn(move || {
                let mut buffer = [0; 100];
                while let Ok((_, from)) = socket.recv_from(&mut buffer) {
                    note(&visits, socket.local_addr(), Ok(from));
                    let greeting = socket.local_addr().map(|own| format!("hello from {}", own.ip()));
                    let _ = socket.send_to(greeting.unwrap_or_default().as_bytes(), from);
                }
            });
        }
    }
}

fn note(visits: &Mutex<Vec<Visit>>, to: std::io::Result<SocketAddr>, from: std::io::Result<SocketAddr>) {
    if let (Ok(to), Ok(from)) = (to, from) {
        let visit = Visit { to: to.ip().to_canonical(), from: from.ip().to_canonical() };
        visits.lock().unwrap_or_else(PoisonError::into_inner).push(visit);
    }
}

/// Greets, then says every line again.
fn echo(mut stream: TcpStream) {
    let Ok(own) = stream.local_addr() else { return };
    // In one piece, for readers that read once.
    let greeting = stream.write_all(format!("hello from {}\n", own.ip().to_canonical()).as_bytes());
    let (Ok(()), Ok(reader)) = (greeting, stream.try_clone()) else { return };
    for line in BufReader::new(reader).lines() {
        let Ok(line) = line else { return };
        if stream.write_all(format!("{line}\n").as_bytes()).is_err() {
            return;
        }
    }
}
