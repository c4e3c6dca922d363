//! Removing what nothing uses.

use std::{collections::HashSet, time::Duration};

use super::{
    super::{Swept, Template},
    Fixture,
};

/// Collects with no grace, and returns how many images are gone.
async fn collect(fixture: &Fixture, in_use: &[&Template]) -> usize {
    let in_use: HashSet<_> = in_use.iter().flat_map(|template| template.layers.clone()).collect();
    fixture.store.collect_garbage(&in_use, Duration::ZERO).await.unwrap().removed
}

#[tokio::test]
async fn an_image_is_removed_by_the_second_collection_that_finds_it_unused() {
    let fixture = Fixture::new();
    let app = fixture.snapshot("red", "app", &[fixture.minimal()]).await;
    assert_eq!(collect(&fixture, &[]).await, 0, "it has a name");
    fixture.store.remove(Some("red"), "app").unwrap();
    assert_eq!(collect(&fixture, &[]).await, 0, "it may have been resolved a moment ago");
    assert_eq!(collect(&fixture, &[]).await, 1);
    assert!(!app.layers[0].exists());
    assert!(app.layers[1].exists(), "built-in templates stay");
    assert_eq!(fixture.files(), [] as [&str; 0]);
}

#[tokio::test]
async fn an_image_stays_for_its_grace() {
    let fixture = Fixture::new();
    let app = fixture.snapshot("red", "app", &[]).await;
    fixture.store.remove(Some("red"), "app").unwrap();
    for _ in 0..2 {
        let swept = fixture.store.collect_garbage(&HashSet::new(), Duration::from_secs(3600)).await.unwrap();
        assert_eq!(swept, Swept { removed: 0, waiting: 1 });
    }
    assert!(app.layers[0].exists());
}

#[tokio::test]
async fn capsules_keep_their_layers_and_all_below() {
    let fixture = Fixture::new();
    let below = fixture.snapshot("red", "below", &[]).await;
    let above = fixture.snapshot("red", "above", &below.layers).await;
    fixture.store.remove(Some("red"), "below").unwrap();
    assert_eq!(collect(&fixture, &[]).await + collect(&fixture, &[]).await, 0, "the one above needs it");
    fixture.store.remove(Some("red"), "above").unwrap();
    assert_eq!(
        collect(&fixture, &[&above]).await + collect(&fixture, &[&above]).await,
        0,
        "a capsule needs both"
    );
    assert_eq!(collect(&fixture, &[]).await + collect(&fixture, &[]).await, 2);
    assert!(!below.layers[0].exists() && !above.layers[0].exists());
}

#[tokio::test]
async fn a_use_between_two_collections_starts_the_grace_anew() {
    let fixture = Fixture::new();
    let app = fixture.snapshot("red", "app", &[]).await;
    fixture.store.remove(Some("red"), "app").unwrap();
    assert_eq!(collect(&fixture, &[]).await, 0);
    assert_eq!(collect(&fixture, &[&app]).await, 0);
    assert_eq!(collect(&fixture, &[]).await, 0);
    assert!(app.layers[0].exists());
}
