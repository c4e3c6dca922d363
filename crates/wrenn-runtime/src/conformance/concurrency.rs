//! Many at once.

use super::{Capsule, Subject};

/// Twenty capsules made at the same time all work, and go without a trace.
pub async fn twenty_at_once(subject: &dyn Subject) {
    let specs: Vec<_> = (0..20).map(|_| subject.spec()).collect();
    let runtime = subject.runtime();
    let mut all = tokio::task::JoinSet::new();
    for (number, spec) in specs.iter().cloned().enumerate() {
        let runtime = runtime.clone();
        all.spawn(async move {
            let capsule = Capsule::create_from(runtime, spec).await;
            assert_eq!(capsule.must(&format!("echo {number}")).await, number.to_string());
            capsule.destroy().await;
        });
    }
    while let Some(done) = all.join_next().await {
        done.expect("a capsule works");
    }
    for spec in &specs {
        assert_eq!(subject.remains(spec), [""; 0]);
    }
}
