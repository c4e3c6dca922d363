//! A policy that changes, and a server that does.

use serde_json::json;
use wrenn::NetworkPolicy;
use wrenn_tests::{
    eventually,
    netlab::{self, OPEN, Probe, tcp, udp},
};

fn policy(value: serde_json::Value) -> NetworkPolicy {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_new_policy_holds_at_once_and_cuts_what_it_does_not_allow() {
    netlab::run(|lab| async move {
        let server = lab.server(&[]).await;
        let capsule = server.capsule().await;
        assert_eq!(capsule.network().await.unwrap(), NetworkPolicy::default());
        let script = r#"
import socket, time
connections = [socket.create_connection((host, 7000), 5).makefile("rwb") for host in ("50.1.1.1", "50.1.1.2")]
for f in connections:
    f.readline()
open("/tmp/connected", "w").close()
cut = set()
while not cut:
    for n, f in enumerate(connections):
        try:
            f.write(b"x\n"); f.flush(); assert f.readline() == b"x\n"
        except (OSError, AssertionError):
            cut.add(n)
    time.sleep(0.02)
for f in (f for n, f in enumerate(connections) if n not in cut):
    f.write(b"y\n"); f.flush(); assert f.readline() == b"y\n"
open("/tmp/cut", "w").write(str(sorted(cut)))
"#;
        capsule.commands().start("python3").args(["-c", script]).await.unwrap();
        eventually("it is connected", || async { capsule.files().read("/tmp/connected").await.ok() }).await;
        let denied = policy(json!({ "deny_out": [OPEN[1]] }));
        assert_eq!(capsule.set_network(denied.clone()).await.unwrap(), denied);
        let heard = Probe::all(&capsule, &[tcp(OPEN[0]), tcp(OPEN[1]), udp(OPEN[1])]).await;
        assert_eq!(heard[0], "hello from 50.1.1.1");
        assert!(heard[1..].iter().all(|heard| heard.starts_with("failed soon")), "{heard:?}");
        let cut = eventually("the denied connection is cut", || async {
            capsule.files().read_to_string("/tmp/cut").await.ok().filter(|text| !text.is_empty())
        })
        .await;
        assert_eq!(cut, "[1]");
        capsule.set_network(NetworkPolicy::default()).await.unwrap();
        assert_eq!(tcp(OPEN[1]).one(&capsule).await, "hello from 50.1.1.2");
        // While it is paused, too.
        capsule.pause().await.unwrap();
        capsule.set_network(policy(json!({ "allow_internet": false }))).await.unwrap();
        capsule.resume().await.unwrap();
        assert!(tcp(OPEN[1]).one(&capsule).await.starts_with("failed soon"));
        server.assert_clean().await;
    });
}

#[test]
fn a_killed_server_takes_no_network_along_and_the_next_one_goes_on() {
    netlab::run(|lab| async move {
        lab.names.set("good.test", &[OPEN[0]], 1);
        let mut server = lab.server(&[]).await;
        let rules =
            json!({ "allow_internet": false, "allow_out": ["good.test", OPEN[1]], "deny_out": [OPEN[2]] });
        let capsule = lab.capsule(&server, rules.clone()).await;
        let before = capsule.info().await.unwrap();
        let script = r#"
import os, socket, time
def reached(host):
    try:
        return socket.create_connection((host, 7000), 2).recv(100).decode().strip()
    except OSError as error:
        return "failed"
while not os.path.exists("/tmp/look"):
    time.sleep(0.05)
open("/tmp/seen", "w").write(str([reached("50.1.1.2"), reached("50.1.1.3"), reached("169.254.169.254")]))
"#;
        capsule.commands().start("sh").args(["-c", "sleep 1; touch /tmp/look"]).await.unwrap();
        capsule.commands().start("python3").args(["-c", script]).await.unwrap();
        server.kill();
        // Without a server the rules go on to hold.
        tokio::time::sleep(std::time::Duration::from_secs(3)).await;
        server.restart().await;
        let capsule = server.client().capsule(capsule.id());
        let seen = capsule.files().read_to_string("/tmp/seen").await.unwrap();
        assert_eq!(seen, "['hello from 50.1.1.2', 'failed', 'failed']");
        let after = capsule.info().await.unwrap();
        assert_eq!((after.guest_ip, after.host_ip), (before.guest_ip, before.host_ip));
        assert_eq!(capsule.network().await.unwrap(), policy(rules));
        let probes = [tcp("good.test"), tcp(OPEN[1]), tcp(OPEN[2]), tcp("other.test")];
        let heard = Probe::all(&capsule, &probes).await;
        assert_eq!(heard[..2], ["hello from 50.1.1.1", "hello from 50.1.1.2"]);
        assert!(heard[2..].iter().all(|heard| heard.starts_with("failed soon")), "{heard:?}");
        capsule.set_network(NetworkPolicy::default()).await.unwrap();
        assert_eq!(tcp(OPEN[2]).one(&capsule).await, "hello from 50.1.1.3");
        server.assert_clean().await;
    });
}

#[test]
fn what_the_operator_takes_back_is_refused_to_living_capsules_too() {
    netlab::run(|lab| async move {
        let mut server = lab.server(&["--allow-private-network", "10.9.0.0/16"]).await;
        let capsule = server.capsule().await;
        assert_eq!(tcp("10.9.9.9").one(&capsule).await, "hello from 10.9.9.9");
        server.kill();
        server.restart_without("--allow-private-network").await;
        let capsule = server.client().capsule(capsule.id());
        let heard = Probe::all(&capsule, &[tcp("10.9.9.9"), tcp(OPEN[0])]).await;
        assert!(heard[0].starts_with("failed soon"), "{heard:?}");
        assert_eq!(heard[1], "hello from 50.1.1.1");
        server.assert_clean().await;
    });
}

#[test]
fn what_cannot_be_kept_is_refused_and_changes_nothing() {
    netlab::run(|lab| async move {
        let server = lab.server(&[]).await;
        let capsule = server.capsule().await;
        let path = format!("/capsules/{}/network", capsule.id());
        for (body, said) in [
            (json!({ "allow_out": ["1.2.3.4:80"] }), "`1.2.3.4:80` in `allow_out`"),
            (json!({ "deny_out": ["*.*.com"] }), "`*.*.com` in `deny_out`"),
            (json!({ "allow_out": ["::1"] }), "IPv6 is always refused"),
            (json!({ "deny_out": vec!["a.com"; 257] }), "at most 256"),
            (json!({ "allow": [] }), "unknown field"),
            (json!({ "allow_internet": "no" }), "boolean"),
        ] {
            let (status, answer) = server.call("PUT", &path, Some(body.clone())).await;
            let message = answer["error"]["message"].as_str().unwrap_or_default();
            assert_eq!(status, 400, "{body}: {answer}");
            assert!(message.contains(said), "{body}: {message}");
            let create = json!({ "network": body });
            assert_eq!(server.call("POST", "/capsules", Some(create)).await.0, 400, "{body}");
        }
        assert_eq!(server.call("GET", &path, None).await.1["allow_internet"], true);
        capsule.destroy().await.unwrap();
        assert_eq!(server.call("PUT", &path, Some(json!({}))).await.0, 409);
        assert_eq!(server.call("GET", "/capsules/cl-0000000000000000000000000/network", None).await.0, 404);
        server.assert_clean().await;
    });
}

#[test]
fn the_shell_shows_and_changes_a_policy() {
    netlab::run(|lab| async move {
        let server = lab.server(&[]).await;
        let run = |arguments: &[&str]| {
            let output = server.cli().args(arguments).output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let id = run(&["capsule", "create", "--no-internet", "--allow-out", "50.1.1.1,good.test"]);
        let id = id.trim();
        let capsule = server.client().capsule(id);
        assert_eq!(
            run(&["capsule", "network", id]),
            "internet  denied\nallowed   50.1.1.1\nallowed   good.test\n"
        );
        assert!(tcp(OPEN[1]).one(&capsule).await.starts_with("failed soon"));
        assert_eq!(
            run(&["capsule", "network", id, "--deny-out", "50.1.1.1"]),
            "internet  allowed\ndenied    50.1.1.1\n"
        );
        assert_eq!(tcp(OPEN[1]).one(&capsule).await, "hello from 50.1.1.2");
        assert_eq!(run(&["capsule", "network", id, "--open"]), "internet  allowed\n");
        server.assert_clean().await;
    });
}
