//! Many capsules, and what they leave.

use std::collections::BTreeSet;

use wrenn_tests::{
    TestServer, eventually,
    netlab::{self, OPEN, tcp, traces},
};

fn descriptors(server: &TestServer) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).expect("the server lives").count()
}

#[test]
fn five_hundred_capsules_leave_no_link_no_rule_and_no_address() {
    netlab::run(|lab| async move {
        assert_eq!(traces(), [""; 0]);
        let mut server = lab.server(&["--network-pool", "4"]).await;
        server.capsule().await.destroy().await.unwrap();
        let before = descriptors(&server);
        let mut addresses = BTreeSet::new();
        for _ in 0..100 {
            let client = server.client();
            let mut five = tokio::task::JoinSet::new();
            for _ in 0..5 {
                let client = client.clone();
                five.spawn(async move {
                    let capsule = client.create_capsule("minimal").await.unwrap();
                    let address = capsule.info().await.unwrap().guest_ip;
                    capsule.destroy().await.unwrap();
                    address
                });
            }
            addresses.extend(five.join_all().await);
        }
        assert_eq!(addresses.len(), 500, "no address comes twice so soon");
        let mut last = server.capsule().await;
        assert_eq!(tcp(OPEN[0]).one(&last).await, "hello from 50.1.1.1");
        let after = descriptors(&server);
        assert!(after <= before + 40, "the server had {before} descriptors open and has {after}");
        last.destroy().await.unwrap();
        // Links of the slots that are ready stay for as long as the server does.
        eventually("the links of the capsules are gone", || async {
            let links = traces().iter().filter(|line| line.contains("link/ether")).count();
            (links <= 4 + 1).then_some(())
        })
        .await;
        assert!(server.terminate().success());
        assert_eq!(traces(), [""; 0]);
        // What a killed server leaves, the next one clears.
        server.restart().await;
        last = server.capsule().await;
        server.kill();
        server.restart().await;
        server.client().capsule(last.id()).destroy().await.unwrap();
        assert!(server.terminate().success());
        assert_eq!(traces(), [""; 0]);
        server.restart().await;
    });
}

#[test]
fn a_hundred_capsules_at_once_all_have_a_network() {
    netlab::run(|lab| async move {
        let server = lab.server(&[]).await;
        let mut all = tokio::task::JoinSet::new();
        // Programs in software-emulated machines only make each other slower.
        let turns = std::sync::Arc::new(tokio::sync::Semaphore::new(10));
        for _ in 0..100 {
            let (client, turns) = (server.client(), turns.clone());
            all.spawn(async move {
                let capsule = client.create_capsule("minimal").await.unwrap();
                // Where machines boot the answer may come before a capsule runs.
                let address = capsule.wait_for_ready().await.unwrap().guest_ip;
                let _turn = turns.acquire().await.unwrap();
                (address, tcp(OPEN[0]).one(&capsule).await)
            });
        }
        let found = all.join_all().await;
        assert!(found.iter().all(|(_, heard)| heard == "hello from 50.1.1.1"), "{found:?}");
        assert_eq!(found.iter().map(|(address, _)| address).collect::<BTreeSet<_>>().len(), 100);
        server.assert_clean().await;
    });
}

#[test]
fn capsules_that_go_on_keep_their_network_when_the_server_ends() {
    netlab::run(|lab| async move {
        let mut server = lab.server(&[]).await;
        let capsule = server.capsule().await;
        assert!(server.terminate().success());
        eventually("only the capsule's link is left, and the rules", || async {
            let left = traces();
            let links = left.iter().filter(|line| line.contains("link/ether")).count();
            (links == 1 && left.iter().any(|line| line == "table inet wrenn")).then_some(())
        })
        .await;
        server.restart().await;
        let capsule = server.client().capsule(capsule.id());
        assert_eq!(tcp(OPEN[0]).one(&capsule).await, "hello from 50.1.1.1");
        server.assert_clean().await;
    });
}
