//! Creations that come to nothing.

use std::time::Duration;

use super::{Subject, capsule::network};
use crate::runtime::Condition;

/// A creation that fails leaves nothing, and the same capsule can be made after all.
pub async fn a_failed_creation_leaves_nothing(subject: &dyn Subject) {
    let (runtime, spec) = (subject.runtime(), subject.spec());
    let mut broken = spec.clone();
    broken.layers.insert(0, spec.dir.join("no-such-layer"));
    let error = runtime.create(&broken, &network()).await.unwrap_err();
    assert!(
        super::capsule::chain(&error).contains("no-such-layer"),
        "the error names what is wrong: {error}"
    );
    assert_eq!(subject.remains(&spec), [""; 0]);
    assert_eq!(runtime.inspect(&spec).await.unwrap(), Condition::Missing);
    runtime.create(&spec, &network()).await.unwrap();
    runtime.destroy(&spec).await.unwrap();
    assert_eq!(subject.remains(&spec), [""; 0]);
}

/// A creation whose caller went away at any moment is cleared by `destroy`.
pub async fn an_abandoned_creation_is_cleared(subject: &dyn Subject) {
    for milliseconds in [0, 1, 2, 4, 6, 8, 12, 20] {
        let (runtime, spec) = (subject.runtime(), subject.spec());
        let network = network();
        let limit = Duration::from_millis(milliseconds);
        // Whether it is done by then is all the same here.
        let _ = tokio::time::timeout(limit, runtime.create(&spec, &network)).await;
        runtime.destroy(&spec).await.unwrap();
        assert_eq!(subject.remains(&spec), [""; 0], "abandoned after {limit:?}");
    }
}
