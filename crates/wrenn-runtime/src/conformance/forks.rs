//! Copies of whole capsules.

use std::sync::Arc;

use super::{Capsule, Subject};
use crate::{network::NetworkNamespace, runtime::Condition};

/// Copies of a running and of a paused capsule have its files, a name of their own, and nothing else in common with it;
/// where memory is forked, its processes go on in them. The original stays as it was.
pub async fn copies_go_their_own_ways(subject: &dyn Subject) {
    let original = Capsule::create(subject).await;
    let keeps_memory = original.runtime.capabilities().forks_memory;
    original
        .must(
            "cd /root && echo made > made && chown user:user made && chmod 4711 made && ln made linked
             rm /usr/bin/env && mkdir -p /srv/a/b && echo '10.0.0.1 db' >> /etc/hosts
             echo '# mine' >> /etc/resolv.conf",
        )
        .await;
    original.start("exec sleep 4242").await;
    original.must("ps -eo args | grep '[s]leep 4242'").await;
    for paused in [false, true] {
        if paused {
            original.runtime.pause(&original.spec).await.unwrap();
        }
        let mut copies = Vec::new();
        for number in 0..3 {
            let mut spec = subject.spec();
            spec.layers.clone_from(&original.spec.layers);
            spec.hostname = format!("copy-{number}");
            copies.push((spec, NetworkNamespace::loopback().unwrap()));
        }
        let made = original.runtime.fork(&original.spec, &copies).await.unwrap();
        assert_eq!(made.len(), copies.len());
        let wanted = if paused { Condition::Paused } else { Condition::Running };
        assert_eq!(original.runtime.inspect(&original.spec).await.unwrap(), wanted);
        let copies: Vec<_> = made
            .into_iter()
            .zip(copies)
            .map(|(made, (spec, _))| {
                made.unwrap_or_else(|error| panic!("{}", super::capsule::chain(&error)));
                Capsule::adopt(Arc::clone(&original.runtime), spec)
            })
            .collect();
        for (number, copy) in copies.iter().enumerate() {
            assert_eq!(copy.must("stat -c '%U %G %a %h' /root/made").await, "user user 4711 2");
            copy.must("test ! -e /usr/bin/env && test -d /srv/a/b && grep -q ' db' /etc/hosts && grep -q mine /etc/resolv.conf").await;
            let sleeps = copy.run("ps -eo args | grep '[s]leep 4242'").await.code == 0;
            assert_eq!(sleeps, keeps_memory);
            if !keeps_memory {
                let name = format!("copy-{number}");
                assert_eq!(copy.must("cat /etc/hostname; hostname").await, format!("{name}\n{name}"));
                assert_eq!(copy.must("getent hosts $(hostname) | awk '{print $1}'").await, "127.0.1.1");
            }
            copy.must(&format!("echo {number} > /root/made")).await;
        }
        assert_eq!(copies[0].must("cat /root/linked").await, "0");
        for copy in copies {
            let spec = copy.spec.clone();
            copy.destroy().await;
            assert_eq!(subject.remains(&spec), [""; 0]);
        }
    }
    original.resume().await;
    assert_eq!(original.must("cat /root/made").await, "made");
    original.destroy().await;
}

/// What does not run cannot be copied, and leaves nothing where a copy was to be.
pub async fn a_fork_of_nothing_leaves_nothing(subject: &dyn Subject) {
    let (runtime, spec, child) = (subject.runtime(), subject.spec(), subject.spec());
    let into = [(child.clone(), NetworkNamespace::loopback().unwrap())];
    runtime.fork(&spec, &into).await.unwrap_err();
    assert_eq!(subject.remains(&child), [""; 0]);
}
