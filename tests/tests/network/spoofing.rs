//! Packets that claim to be somebody else's.

use wrenn_tests::netlab::{self, OPEN, tcp};

use super::{CONTAINER, in_network_of};

#[test]
fn a_capsule_makes_no_packets_of_its_own_shape() {
    netlab::run(|lab| async move {
        let server = lab.server(&CONTAINER).await;
        let capsule = server.capsule().await;
        let script = r#"
import socket
def tried(what, work):
    try:
        work()
        print(what, "fine")
    except OSError as error:
        print(what, type(error).__name__)
def bound(address, *options):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for level, name in options:
        s.setsockopt(level, name, 1)
    s.bind((address, 0))
    s.sendto(b"spoofed", ("50.1.1.1", 7000))
FREEBIND, TRANSPARENT = (socket.SOL_IP, 15), (socket.SOL_IP, 19)
tried("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))
tried("raw icmp", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
tried("raw 6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW))
tried("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0x300))
tried("foreign", lambda: bound("50.0.0.2"))
tried("free", lambda: bound("50.0.0.2", FREEBIND))
tried("transparent", lambda: bound("50.0.0.2", TRANSPARENT))
tried("resolver", lambda: bound("169.254.1.53"))
"#;
        let output = capsule.commands().exec("python3").args(["-c", script]).await.unwrap();
        let tried: Vec<_> = output.stdout.lines().filter(|line| line.ends_with("fine")).collect();
        assert_eq!(tried, [""; 0], "{output:?}");
        assert_eq!(output.stdout.lines().count(), 8, "{output:?}");
        assert_eq!(lab.internet.visits(), []);
        server.assert_clean().await;
    });
}

/// The machine's root stands for somebody who got all privileges over the capsule's network.
#[test]
fn spoofed_packets_go_no_further_than_the_machine() {
    netlab::run(|lab| async move {
        let server = lab.server(&CONTAINER).await;
        let (capsule, other) = (server.capsule().await, server.capsule().await);
        in_network_of(&server, &capsule, "nft", &["delete", "table", "inet", "capsule"]);
        let victim = other.info().await.unwrap().guest_ip;
        let own = capsule.info().await.unwrap().guest_ip;
        let script = r#"
import socket, struct, sys
def packet(source, target):
    data = struct.pack("!HHHH", 7000, 7000, 15, 0) + b"spoofed"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 1, 0, 64, 17, 0,
                       socket.inet_aton(source), socket.inet_aton(target))
    return head + data
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for source in sys.argv[1:]:
    s.sendto(packet(source, "50.1.1.1"), ("50.1.1.1", 0))
"#;
        let spoofed = [victim.as_str(), "50.0.0.2", "50.1.1.2", "127.0.0.1", "169.254.1.53", "10.1.1.1"];
        in_network_of(&server, &capsule, "python3", &[&["-c", script][..], &spoofed].concat());
        assert_eq!(tcp(OPEN[1]).one(&capsule).await, "hello from 50.1.1.2");
        let visits = lab.internet.visits();
        assert_eq!(visits.len(), 1, "only the last one: {visits:?}");
        // The very same packet with its true source arrives, so that the script is known to work.
        in_network_of(&server, &capsule, "python3", &["-c", script, &own]);
        wrenn_tests::eventually("the true packet arrives", || async {
            lab.internet.visits().iter().any(|visit| visit.to.to_string() == OPEN[0]).then_some(())
        })
        .await;
        server.assert_clean().await;
    });
}
