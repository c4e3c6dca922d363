//! Making, finding, ending.

use std::{sync::Arc, time::Duration};

use super::{
    Capsule, PATIENCE, Subject,
    capsule::{agent, network, resume},
};
use crate::{error::Error, runtime::Condition};

/// A capsule is there when `create` returns, and runs commands.
pub async fn runs_commands_at_once(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    assert_eq!(capsule.must("echo hello").await, "hello");
    assert_eq!(capsule.must("id -u").await, "0");
    assert_eq!(capsule.must("hostname").await, capsule.spec.hostname);
    assert_eq!(capsule.must("getent hosts $(hostname) | awk '{print $1}'").await, "127.0.1.1");
    capsule.destroy().await;
}

/// The files of a layer are there and can be changed, and nobody else sees the change.
pub async fn changes_stay_inside(subject: &dyn Subject) {
    let (one, other) = (Capsule::create(subject).await, Capsule::create(subject).await);
    one.must("echo changed >> /etc/passwd && rm /usr/bin/env && mkdir /new && mv /home /house").await;
    assert_eq!(one.must("tail -n 1 /etc/passwd").await, "changed");
    other.must("! grep changed /etc/passwd && test -x /usr/bin/env && test ! -e /new && test -d /home").await;
    one.destroy().await;
    other.destroy().await;
}

/// `inspect` tells each stage of a life.
pub async fn is_found_in_each_condition(subject: &dyn Subject) {
    let (runtime, spec) = (subject.runtime(), subject.spec());
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Missing);
    let capsule = Capsule::create_from(Arc::clone(&runtime), spec.clone()).await;
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Running);
    runtime.pause(&spec).await.unwrap();
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Paused);
    resume(&runtime, &spec).await;
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Running);
    runtime.stop(&spec, PATIENCE).await.unwrap();
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Exited);
    capsule.destroy().await;
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Missing);
}

/// A new process finds a capsule that an earlier one made, in all respects.
pub async fn is_adopted_by_a_new_process(subject: &dyn Subject) {
    let mut adopted = Capsule::create(subject).await;
    adopted.must("echo kept > /root/note").await;
    let spec = adopted.spec.clone();
    let later = subject.runtime();
    assert_eq!(later.inspect(&spec).await.unwrap(), Condition::Running);
    // With the process, its connection to the agent is gone.
    adopted.agent = agent(&later, &spec);
    adopted.runtime = Arc::clone(&later);
    assert_eq!(adopted.must("cat /root/note").await, "kept");
    later.pause(&spec).await.unwrap();
    resume(&later, &spec).await;
    assert!(later.usage(&spec).await.unwrap().cpu > Duration::ZERO);
    let waiting = tokio::spawn({
        let (later, spec) = (Arc::clone(&later), spec.clone());
        async move { later.wait(&spec).await }
    });
    later.stop(&spec, Duration::ZERO).await.unwrap();
    tokio::time::timeout(PATIENCE, waiting).await.expect("wait returns").unwrap().unwrap();
    adopted.destroy().await;
    assert_eq!(subject.remains(&spec), [""; 0]);
}

/// A capsule that was killed from outside is noticed by who waits for it, and found as ended.
pub async fn a_crash_is_noticed(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let waiting = tokio::spawn({
        let (runtime, spec) = (Arc::clone(&capsule.runtime), capsule.spec.clone());
        async move { runtime.wait(&spec).await }
    });
    subject.crash(&capsule.spec);
    tokio::time::timeout(PATIENCE, waiting).await.expect("wait returns").unwrap().unwrap();
    assert_eq!(capsule.runtime.inspect(&capsule.spec).await.unwrap(), Condition::Exited);
    let error = capsule.runtime.connect(&capsule.spec).await.expect_err("nobody is there");
    assert!(matches!(error, Error::NotRunning { .. }), "{error}");
    capsule.runtime.wait(&capsule.spec).await.unwrap();
    let spec = capsule.spec.clone();
    capsule.destroy().await;
    assert_eq!(subject.remains(&spec), [""; 0]);
}

/// `stop` ends a capsule that goes by itself, one that does not, and one that is paused; asked again it does nothing.
pub async fn stops_in_any_case(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    capsule.start("trap '' TERM; while :; do sleep 1; done").await;
    let (runtime, spec) = (Arc::clone(&capsule.runtime), capsule.spec.clone());
    runtime.stop(&spec, Duration::from_millis(50)).await.unwrap();
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Exited);
    runtime.stop(&spec, PATIENCE).await.unwrap();
    capsule.destroy().await;
    runtime.stop(&spec, PATIENCE).await.unwrap();

    let paused = Capsule::create(subject).await;
    paused.runtime.pause(&paused.spec).await.unwrap();
    paused.runtime.stop(&paused.spec, Duration::from_millis(50)).await.unwrap();
    assert_eq!(paused.runtime.inspect(&paused.spec).await.unwrap(), Condition::Exited);
    paused.destroy().await;
}

/// What cannot be done to a capsule that does not run is refused as just that.
pub async fn refuses_what_needs_a_running_capsule(subject: &dyn Subject) {
    let (runtime, spec) = (subject.runtime(), subject.spec());
    for refused in [
        runtime.pause(&spec).await.unwrap_err(),
        runtime.resume(&spec, Some(&network())).await.unwrap_err(),
        runtime.connect(&spec).await.map(drop).unwrap_err(),
    ] {
        assert!(matches!(refused, Error::NotRunning { .. }), "{refused}");
    }
    runtime.wait(&spec).await.unwrap();
    runtime.destroy(&spec).await.unwrap();
}

/// After `destroy`, also of a paused capsule with many processes, nothing is left.
pub async fn destroy_leaves_nothing(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let spec = capsule.spec.clone();
    assert_ne!(subject.remains(&spec), [""; 0], "the check itself works");
    capsule.start("for i in $(seq 20); do setsid sleep 1000 & done; wait").await;
    capsule.must("mkdir -p /a/b/c && head -c 1000000 /dev/urandom > /a/b/c/file && chmod 0 /a/b").await;
    capsule.runtime.pause(&spec).await.unwrap();
    capsule.runtime.destroy(&spec).await.unwrap();
    assert_eq!(subject.remains(&spec), [""; 0]);
    capsule.runtime.destroy(&spec).await.unwrap();
    drop(capsule);
    assert!(spec.dir.is_dir(), "the capsule's directory is the caller's");
}
