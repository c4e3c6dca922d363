//! What a capsule reaches.

use wrenn::{MetricsRange, RuntimeKind};
use wrenn_tests::{
    eventually,
    netlab::{self, MACHINE, OPEN, Probe, Visit, tcp, udp},
};

#[test]
fn a_capsule_reaches_the_internet_by_address_and_by_name() {
    netlab::run(|lab| async move {
        lab.names.set("open.test", &[OPEN[2]], 60);
        let server = lab.server(&[]).await;
        let capsule = server.capsule().await;
        let heard =
            Probe::all(&capsule, &[tcp(OPEN[0]), udp(OPEN[1]), tcp("open.test"), udp("OPEN.test")]).await;
        let hello = |address| format!("hello from {address}");
        assert_eq!(heard, [hello(OPEN[0]), hello(OPEN[1]), hello(OPEN[2]), hello(OPEN[2])]);
        // By the machine's address, not by its own.
        let from: std::net::IpAddr = MACHINE[0].parse().unwrap();
        let visits = lab.internet.visits();
        assert_eq!(visits.len(), 4);
        assert!(visits.iter().all(|Visit { from: by, .. }| *by == from), "{visits:?}");
        let unknown = tcp("nobody.test").one(&capsule).await;
        assert!(unknown.contains("Name or service not known"), "{unknown}");
        server.assert_clean().await;
    });
}

#[test]
fn names_are_answered_over_streams_too() {
    netlab::run(|lab| async move {
        lab.names.set("open.test", &[OPEN[0]], 60);
        let server = lab.server(&[]).await;
        let capsule = server.capsule().await;
        let script = r#"
import socket
query = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x04open\x04test\x00\x00\x01\x00\x01"
s = socket.create_connection(("169.254.1.53", 53), 5)
for _ in range(2):
    s.sendall(len(query).to_bytes(2, "big") + query)
    length = int.from_bytes(s.recv(2), "big")
    answer = s.recv(length)
    print(answer[:2].hex(), socket.inet_ntoa(answer[-4:]))
"#;
        let output = capsule.commands().exec("python3").args(["-c", script]).await.unwrap();
        assert_eq!(output.stdout, format!("1234 {0}\n1234 {0}\n", OPEN[0]), "{}", output.stderr);
        server.assert_clean().await;
    });
}

#[test]
fn the_inside_looks_like_a_machine_of_its_own() {
    netlab::run(|lab| async move {
        let server = lab.server(&["--network-range", "10.77.0.0/24"]).await;
        let capsule = server.capsule().await;
        let info = capsule.info().await.unwrap();
        assert!(info.guest_ip.starts_with("10.77.0."), "{info:?}");
        assert!(info.host_ip.starts_with("10.77.0.") && info.host_ip != info.guest_ip, "{info:?}");
        let script = "ls /sys/class/net; cat /etc/resolv.conf; cat /proc/sys/net/ipv4/ip_unprivileged_port_start;
            python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect((\"50.1.1.1\", 9)); print(s.getsockname()[0])'";
        let output = capsule.commands().exec("sh").args(["-c", script]).await.unwrap();
        // Every virtual machine has the same address inside, behind which is that of its slot.
        let own = if info.runtime == RuntimeKind::Microvm { "192.168.127.2" } else { &info.guest_ip };
        assert_eq!(output.stdout, format!("eth0\nlo\nnameserver 169.254.1.53\n0\n{own}\n"));
        // Root and others listen on any port and ping without privileges.
        let script = "import socket; socket.create_server((\"0.0.0.0\", 80)); socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)";
        for user in ["root", "user"] {
            let output = capsule.commands().exec("python3").args(["-c", script]).user(user).await.unwrap();
            assert!(output.success(), "{user}: {output:?}");
        }
        server.assert_clean().await;
    });
}

#[test]
fn what_goes_through_is_counted() {
    netlab::run(|lab| async move {
        let server = lab.server(&[]).await;
        let capsule = server.capsule().await;
        let script = r#"
import socket
s = socket.create_connection(("50.1.1.1", 7000), 5)
f = s.makefile("rwb")
f.readline()
for _ in range(300):
    f.write(b"x" * 999 + b"\n")
    f.flush()
    f.readline()
"#;
        let output = capsule.commands().exec("python3").args(["-c", script]).await.unwrap();
        assert!(output.success(), "{output:?}");
        let counted = eventually("both directions are counted", || async {
            let points = capsule.metrics(MetricsRange::FiveMinutes).await.unwrap().points;
            points.last().filter(|point| point.net_rx_bytes.min(point.net_tx_bytes) > 300_000).copied()
        })
        .await;
        assert!(counted.net_rx_bytes.max(counted.net_tx_bytes) < 1_000_000, "{counted:?}");
        server.assert_clean().await;
    });
}

#[test]
fn the_operator_may_open_a_private_range() {
    netlab::run(|lab| async move {
        let server = lab.server(&["--allow-private-network", "10.9.0.0/16"]).await;
        let capsule = server.capsule().await;
        let heard = Probe::all(&capsule, &[tcp("10.9.9.9"), tcp("172.16.9.9")]).await;
        assert_eq!(heard[0], "hello from 10.9.9.9");
        assert!(heard[1].starts_with("failed soon"), "{heard:?}");
        let closed = lab.capsule(&server, serde_json::json!({ "deny_out": ["10.9.9.9"] })).await;
        assert!(tcp("10.9.9.9").one(&closed).await.starts_with("failed soon"));
        server.assert_clean().await;
    });
}
