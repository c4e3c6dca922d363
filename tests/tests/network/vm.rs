//! Virtual machines: behind their tap device is the same slot as a container's, and inside is a root with every privilege over the
//! machine's own network.

use serde_json::json;
use wrenn::MetricsRange;
use wrenn_tests::{
    eventually,
    netlab::{self, CLOSED, MACHINE, OPEN, Probe, tcp, udp},
};

use super::{
    MICROVM, in_network_of,
    isolation::{forbidden, listen_on_the_machine, listening, nothing_heard},
};

#[test]
fn a_virtual_machine_reaches_what_a_container_reaches_and_no_more() {
    netlab::run(|lab| async move {
        lab.names.set("good.test", &[OPEN[1]], 60);
        lab.names.set("metadata.test", &["169.254.169.254"], 60);
        let reached = listen_on_the_machine();
        let server = lab.server(&MICROVM).await;
        let other = listening(&lab, &server).await;
        let capsule = lab.capsule(&server, json!({})).await;
        let (info, other_info) = (capsule.info().await.unwrap(), other.info().await.unwrap());
        assert_eq!((info.runtime.as_str(), info.guest_ip == other_info.guest_ip), ("microvm", false));
        let probes = forbidden(&other_info, &info);
        let heard = Probe::all(&capsule, &probes).await;
        for (probe, heard) in probes.iter().zip(&heard) {
            // Not always soon: played in software it is slow, and packets to many are refused without an answer.
            assert!(heard.starts_with("failed"), "{probe:?}: {heard}");
        }
        assert_eq!(heard.len(), probes.len());
        nothing_heard(&reached);
        assert_eq!(lab.internet.visits(), []);
        let open = [tcp(OPEN[0]), udp(OPEN[0]), tcp("good.test"), tcp("metadata.test"), tcp("nobody.test")];
        let heard = Probe::all(&capsule, &open).await;
        assert_eq!(heard[..3], ["hello from 50.1.1.1", "hello from 50.1.1.1", "hello from 50.1.1.2"]);
        assert!(heard[3..].iter().all(|heard| heard.contains("gaierror")), "{heard:?}");
        // It goes out by the machine's address.
        let visits = lab.internet.visits();
        assert!(visits.iter().all(|visit| visit.from.to_string() == "50.0.0.2"), "{visits:?}");

        // The policy is the slot's: it holds at once, and after a pause.
        capsule.set_network(serde_json::from_value(json!({ "deny_out": [OPEN[0]] })).unwrap()).await.unwrap();
        let both = [tcp(OPEN[0]), tcp(OPEN[1])];
        let heard = Probe::all(&capsule, &both).await;
        assert!(heard[0].starts_with("failed") && heard[1] == "hello from 50.1.1.2", "{heard:?}");
        capsule.pause().await.unwrap();
        capsule.resume().await.unwrap();
        let heard = Probe::all(&capsule, &both).await;
        assert!(heard[0].starts_with("failed") && heard[1] == "hello from 50.1.1.2", "{heard:?}");
        eventually("what it sent and got is counted", || async {
            let points = capsule.metrics(MetricsRange::FiveMinutes).await.unwrap().points;
            points.iter().any(|point| point.net_tx_bytes > 0 && point.net_rx_bytes > 0).then_some(())
        })
        .await;
        server.assert_clean().await;
    });
}

/// Root of a virtual machine may send whatever it likes to its own network card.
#[test]
fn what_root_inside_makes_up_goes_no_further_than_the_slot() {
    netlab::run(|lab| async move {
        let reached = listen_on_the_machine();
        let server = lab.server(&MICROVM).await;
        let other = listening(&lab, &server).await;
        let capsule = lab.capsule(&server, json!({})).await;
        let (own, victim) = (capsule.info().await.unwrap(), other.info().await.unwrap());
        let run = async |script: &str, arguments: &[String]| {
            let arguments = ["python3", "-c", script].into_iter().chain(arguments.iter().map(String::as_str));
            let output = capsule.commands().exec("sudo").args(arguments).await.unwrap();
            assert!(output.success(), "{output:?}");
        };
        let packets = |source: &str, targets: &[&str]| -> Vec<String> {
            targets.iter().map(|target| format!("{source}>{target}")).collect()
        };
        let sources = [&victim.guest_ip, &own.guest_ip, "50.0.0.2", "50.1.1.2", "169.254.1.53", "10.1.1.1"];
        for source in sources {
            run(PACKETS, &packets(source, &[OPEN[0]])).await;
        }
        run(FRAMES, &[]).await;
        assert_eq!(tcp(OPEN[1]).one(&capsule).await, "hello from 50.1.1.2", "it was not cut off by that");
        let visits = lab.internet.visits();
        assert!(visits.iter().all(|visit| visit.to.to_string() == OPEN[1]), "{visits:?}");
        // With its true source the same packet arrives, so that the script is known to work.
        run(PACKETS, &packets("192.168.127.2", &[OPEN[0]])).await;
        eventually("the true packet arrives", || async {
            lab.internet.visits().iter().any(|visit| visit.to.to_string() == OPEN[0]).then_some(())
        })
        .await;

        // Without the rules in its slot, which also give its packets the slot's address, the machine's own rules remain.
        in_network_of(&server, &capsule, "nft", &["delete", "table", "inet", "capsule"]);
        let targets = [&[victim.guest_ip.as_str()], &MACHINE[..], &CLOSED, &OPEN].concat();
        for source in [own.guest_ip.as_str(), "192.168.127.2"] {
            run(PACKETS, &packets(source, &targets)).await;
        }
        assert_eq!(
            tcp(OPEN[1]).one(&other).await,
            "hello from 50.1.1.2",
            "the other one is not touched by that"
        );
        let visits = lab.internet.visits();
        assert!(visits.iter().all(|visit| visit.to.to_string() == OPEN[1]), "{visits:?}");
        nothing_heard(&reached);
        server.assert_clean().await;
    });
}

/// Sends packets of UDP, each given as `source>target`, as they are.
const PACKETS: &str = r#"
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for packet in sys.argv[1:]:
    source, target = map(socket.inet_aton, packet.split(">"))
    data = struct.pack("!HHHH", 7000, 7000, 15, 0) + b"made up"
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 1, 0, 64, 17, 0, source, target)
    s.sendto(head + data, (socket.inet_ntoa(target), 0))
"#;

/// Claims addresses of others by ARP, and sends frames of other protocols.
const FRAMES: &str = r#"
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
mine, all = bytes.fromhex("02aaaaaaaaaa"), b"\xff" * 6
for claimed in ("169.254.1.53", "50.0.0.1", "50.1.1.1"):
    arp = struct.pack("!HHBBH", 1, 0x800, 6, 4, 2) + mine + socket.inet_aton(claimed) + all + socket.inet_aton("0.0.0.0")
    s.send(all + mine + b"\x08\x06" + arp)
s.send(all + mine + b"\x86\xdd" + b"\x60" + b"\0" * 60)
s.send(all + mine + b"\x81\x00\x00\x01\x08\x00" + b"\0" * 60)
"#;
