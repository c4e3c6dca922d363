//! Rules about names, and the ways around them.

use serde_json::json;
use wrenn_tests::netlab::{self, OPEN, Probe, tcp, udp};

use super::until;

#[test]
fn names_with_private_addresses_lead_nowhere() {
    netlab::run(|lab| async move {
        lab.names.set("metadata.test", &["169.254.169.254"], 60);
        lab.names.set("inner.test", &["10.9.9.9"], 60);
        lab.names.set("mixed.test", &["192.168.9.9", OPEN[0], "127.0.0.1"], 60);
        let server = lab.server(&[]).await;
        let capsule = lab.capsule(&server, json!({ "allow_out": ["inner.test"] })).await;
        let heard = Probe::all(&capsule, &[tcp("metadata.test"), tcp("inner.test"), tcp("mixed.test")]).await;
        assert!(heard[0].starts_with("failed soon gaierror"), "{heard:?}");
        assert!(heard[1].starts_with("failed soon gaierror"), "{heard:?}");
        assert_eq!(heard[2], "hello from 50.1.1.1");
        let script = "import socket; print([a[4][0] for a in socket.getaddrinfo(\"mixed.test\", 1, 0, 1)])";
        let output = capsule.commands().exec("python3").args(["-c", script]).await.unwrap();
        assert_eq!(output.stdout, "['50.1.1.1']\n");
        server.assert_clean().await;
    });
}

#[test]
fn only_allowed_names_are_reached_and_only_by_their_names() {
    netlab::run(|lab| async move {
        lab.names.set("good.test", &[OPEN[0]], 60);
        lab.names.set("below.good.test", &[OPEN[1]], 60);
        lab.names.set("a.wild.test", &[OPEN[1]], 60);
        lab.names.set("wild.test", &[OPEN[2]], 60);
        lab.names.set("other.test", &[OPEN[2]], 60);
        let server = lab.server(&[]).await;
        let policy = json!({ "allow_internet": false, "allow_out": ["good.test", "*.wild.test"] });
        let capsule = lab.capsule(&server, policy).await;
        // Nothing was asked yet, so that no address is known to be a good one's.
        let literal = Probe::all(&capsule, &[tcp(OPEN[0]), udp(OPEN[1]), tcp(OPEN[2])]).await;
        assert!(literal.iter().all(|heard| heard.starts_with("failed soon")), "{literal:?}");
        let named = [
            "good.test",
            "GOOD.test.",
            "a.wild.test",
            "wild.test",
            "other.test",
            "below.good.test",
            "nobody.test",
        ];
        let heard = Probe::all(&capsule, &named.map(tcp)).await;
        assert_eq!(heard[..3], ["hello from 50.1.1.1", "hello from 50.1.1.1", "hello from 50.1.1.2"]);
        assert!(heard[3..].iter().all(|heard| heard.starts_with("failed soon gaierror")), "{heard:?}");
        // What a resolver of the program's own says counts for nothing.
        let elsewhere = Probe::all(&capsule, &[udp("50.0.0.53").port(53), tcp("50.0.0.53").port(53)]).await;
        assert!(elsewhere.iter().all(|heard| heard.starts_with("failed soon")), "{elsewhere:?}");
        assert!(lab.internet.visits().iter().all(|visit| visit.to.to_string() != OPEN[2]));
        server.assert_clean().await;
    });
}

#[test]
fn a_changed_answer_changes_what_is_reached() {
    netlab::run(|lab| async move {
        lab.names.set("moving.test", &[OPEN[0]], 1);
        let server = lab.server(&[]).await;
        let policy = json!({ "allow_out": ["moving.test"], "deny_out": ["0.0.0.0/0"] });
        let capsule = lab.capsule(&server, policy).await;
        assert_eq!(tcp("moving.test").one(&capsule).await, "hello from 50.1.1.1");
        lab.names.set("moving.test", &[OPEN[1]], 1);
        assert_eq!(tcp("moving.test").one(&capsule).await, "hello from 50.1.1.2");
        // The old address is kept for a moment only.
        until("the old address is refused", &capsule, &tcp(OPEN[0]), |heard| {
            heard.starts_with("failed soon")
        })
        .await;
        lab.names.set("moving.test", &["10.9.9.9"], 1);
        let heard = tcp("moving.test").one(&capsule).await;
        assert!(heard.starts_with("failed soon gaierror"), "{heard}");
        lab.names.set("moving.test", &[OPEN[2]], 1);
        assert_eq!(tcp("moving.test").one(&capsule).await, "hello from 50.1.1.3");
        assert!(lab.internet.visits().iter().all(|visit| visit.to.to_string().starts_with("50.")));
        server.assert_clean().await;
    });
}

#[test]
fn a_connection_outlives_the_address_of_its_name() {
    netlab::run(|lab| async move {
        lab.names.set("brief.test", &[OPEN[0]], 1);
        let server = lab.server(&[]).await;
        let policy = json!({ "allow_internet": false, "allow_out": ["brief.test"] });
        let capsule = lab.capsule(&server, policy).await;
        let script = r#"
import socket, time
f = socket.create_connection(("brief.test", 7000), 5).makefile("rwb")
f.readline()
refused = False
for _ in range(300):
    f.write(b"still here\n"); f.flush()
    assert f.readline() == b"still here\n"
    if refused:
        break
    try:
        socket.create_connection(("50.1.1.1", 7000), 5)
    except OSError:
        refused = True
    time.sleep(0.1)
print("refused" if refused else "reached")
"#;
        let output = capsule
            .commands()
            .exec("python3")
            .args(["-c", script])
            .timeout(std::time::Duration::from_secs(60))
            .await
            .unwrap();
        assert_eq!(output.stdout, "refused\n", "{output:?}");
        server.assert_clean().await;
    });
}

#[test]
fn denied_names_are_denied_by_their_addresses_too() {
    netlab::run(|lab| async move {
        lab.names.set("bad.test", &[OPEN[0]], 60);
        lab.names.set("x.evil.test", &[OPEN[1]], 60);
        lab.names.set("fine.test", &[OPEN[2]], 60);
        let server = lab.server(&[]).await;
        let policy = json!({ "deny_out": ["bad.test", "*.evil.test", "50.1.1.2/32"] });
        let capsule = lab.capsule(&server, policy).await;
        let probes = [tcp("bad.test"), tcp(OPEN[0]), tcp("x.evil.test"), udp(OPEN[1]), tcp("fine.test")];
        let heard = Probe::all(&capsule, &probes).await;
        assert!(heard[..4].iter().all(|heard| heard.starts_with("failed soon")), "{heard:?}");
        assert_eq!(heard[4], "hello from 50.1.1.3");
        server.assert_clean().await;
    });
}
