//! What no capsule reaches, whatever its policy.

use std::{
    net::{SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use wrenn::Capsule;
use wrenn_tests::{
    TestServer,
    netlab::{self, CLOSED, Lab, MACHINE, OPEN, OPEN_IPV6, Probe, tcp, udp},
};

use super::{CONTAINER, in_network_of};

/// Everything on the machine listens; counts who gets through.
pub(super) fn listen_on_the_machine() -> Arc<AtomicU32> {
    let reached = Arc::new(AtomicU32::new(0));
    let tcp = TcpListener::bind("[::]:7000").unwrap();
    let udp = UdpSocket::bind("[::]:7000").unwrap();
    let counter = Arc::clone(&reached);
    std::thread::spawn(move || {
        for _ in tcp.incoming() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    let counter = Arc::clone(&reached);
    std::thread::spawn(move || {
        while udp.recv_from(&mut [0; 100]).is_ok() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    });
    reached
}

/// Of what listens on the machine.
pub(super) fn nothing_heard(reached: &AtomicU32) {
    assert_eq!(reached.load(Ordering::Relaxed), 0, "something on the machine was reached");
}

/// A capsule in which something answers on every address.
pub(super) async fn listening(lab: &Lab, server: &TestServer) -> Capsule {
    let capsule = lab.capsule(server, serde_json::json!({})).await;
    let script = r#"
import socket, threading
t = socket.create_server(("0.0.0.0", 7000))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("0.0.0.0", 7000))
def packets():
    while True:
        _, who = u.recvfrom(100)
        u.sendto(b"hello from a capsule", who)
threading.Thread(target=packets, daemon=True).start()
print("ready", flush=True)
while True:
    s, _ = t.accept()
    s.sendall(b"hello from a capsule\n")
"#;
    let mut stream = capsule.commands().stream("python3").args(["-c", script]).await.unwrap();
    loop {
        let event = stream.next().await.expect("an event").expect("an event");
        if matches!(&event, wrenn::CommandEvent::Stdout(bytes) if bytes.starts_with(b"ready")) {
            break;
        }
    }
    // It goes on when nobody looks.
    drop(stream);
    assert_eq!(tcp("127.0.0.1").one(&capsule).await, "hello from a capsule", "it reaches itself");
    capsule
}

/// Every address that is nobody's business, by TCP and UDP.
pub(super) fn forbidden(other: &wrenn::api::Capsule, own: &wrenn::api::Capsule) -> Vec<Probe> {
    let mut hosts: Vec<&str> = vec![&other.guest_ip, &other.host_ip, &own.host_ip];
    hosts.extend(MACHINE);
    hosts.extend(CLOSED);
    hosts.extend([
        OPEN_IPV6,
        "2001:db8:1::2",
        "fe80::1%eth0",
        "fe80::1%lo",
        "::ffff:10.9.9.9",
        "ff02::1%eth0",
    ]);
    hosts.extend(["255.255.255.255", "224.0.0.1", "0.1.2.3"]);
    let numbers = hosts.into_iter().map(str::to_owned);
    numbers.flat_map(|host| [tcp(&host), udp(&host)]).collect()
}

#[test]
fn other_capsules_the_machine_and_private_addresses_are_refused_at_once() {
    netlab::run(|lab| async move {
        let reached = listen_on_the_machine();
        let server = lab.server(&CONTAINER).await;
        let other = listening(&lab, &server).await;
        let (other_info, policies) = (
            other.info().await.unwrap(),
            // A policy does not open what is closed to all.
            [
                serde_json::json!({}),
                serde_json::json!({ "allow_out": ["0.0.0.0/0", "10.0.0.0/8", "169.254.169.254"] }),
            ],
        );
        for policy in policies {
            let capsule = lab.capsule(&server, policy).await;
            let probes = forbidden(&other_info, &capsule.info().await.unwrap());
            let heard = Probe::all(&capsule, &probes).await;
            for (probe, heard) in probes.iter().zip(&heard) {
                assert!(heard.starts_with("failed soon"), "{probe:?}: {heard}");
            }
            assert_eq!(heard.len(), probes.len());
            assert_eq!(tcp(OPEN[0]).one(&capsule).await, "hello from 50.1.1.1", "and it does have a network");
        }
        nothing_heard(&reached);
        let visits = lab.internet.visits();
        assert!(visits.iter().all(|visit| visit.to.to_string() == OPEN[0]), "{visits:?}");
        assert_eq!(tcp(OPEN[0]).one(&other).await, "hello from 50.1.1.1");
        server.assert_clean().await;
    });
}

#[test]
fn the_machines_rules_hold_without_those_in_the_capsule() {
    netlab::run(|lab| async move {
        let reached = listen_on_the_machine();
        let server = lab.server(&CONTAINER).await;
        let other = listening(&lab, &server).await;
        let capsule = lab.capsule(&server, serde_json::json!({})).await;
        in_network_of(&server, &capsule, "nft", &["delete", "table", "inet", "capsule"]);
        // As if somebody inside had got all privileges over the namespace.
        in_network_of(&server, &capsule, "sysctl", &["-w", "net.ipv6.conf.eth0.disable_ipv6=0"]);
        in_network_of(
            &server,
            &capsule,
            "ip",
            &["-6", "address", "add", "2001:db8:7::2/64", "dev", "eth0", "nodad"],
        );
        in_network_of(&server, &capsule, "ip", &["-6", "route", "add", "default", "dev", "eth0"]);
        let info = capsule.info().await.unwrap();
        let probes = forbidden(&other.info().await.unwrap(), &info);
        let heard = Probe::all(&capsule, &probes).await;
        for (probe, heard) in probes.iter().zip(&heard) {
            assert!(heard.starts_with("failed"), "{probe:?}: {heard}");
        }
        nothing_heard(&reached);
        assert_eq!(lab.internet.visits(), []);
        assert_eq!(tcp(OPEN[0]).one(&capsule).await, "hello from 50.1.1.1");
        server.assert_clean().await;
    });
}

#[test]
fn nobody_opens_connections_to_a_capsule() {
    netlab::run(|lab| async move {
        let server = lab.server(&[]).await;
        let capsule = listening(&lab, &server).await;
        let address: SocketAddr = format!("{}:7000", capsule.info().await.unwrap().guest_ip).parse().unwrap();
        let error = TcpStream::connect_timeout(&address, Duration::from_secs(1)).unwrap_err();
        assert!(
            matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::PermissionDenied),
            "{error}"
        );
        let packet = UdpSocket::bind("0.0.0.0:0").unwrap();
        let _ = packet.send_to(b"anybody?", address);
        packet.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        packet.recv(&mut [0; 100]).unwrap_err();
        server.assert_clean().await;
    });
}
