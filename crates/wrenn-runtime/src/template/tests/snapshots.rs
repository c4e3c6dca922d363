//! Publishing what a capsule has written.

use std::{fs, path::PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{
    super::{TemplateKind, error::TemplateError, store::TemplateStore},
    Fixture, new,
};

#[tokio::test]
async fn a_snapshot_is_a_layer_above_those_of_its_capsule() {
    let fixture = Fixture::new();
    let base = fixture.minimal();
    let app = fixture.snapshot("red", "app", std::slice::from_ref(&base)).await;
    assert_eq!((app.kind, app.vcpus, app.memory_mb), (TemplateKind::Snapshot, Some(2), Some(1024)));
    assert_eq!(app.layers.len(), 2);
    assert_eq!(fs::read_to_string(app.layers[0].join("app")).unwrap(), "app");
    assert_eq!(app.layers[1], base);
    assert!(app.size_bytes > 4096, "{} counts the layers below", app.size_bytes);
    assert_eq!(fixture.store.resolve(Some("red"), "app").unwrap(), app);
}

#[tokio::test]
async fn a_taken_name_is_refused_unless_it_may_be_overwritten() {
    let fixture = Fixture::new();
    let old = fixture.snapshot("red", "app", &[]).await;
    let layer = fixture.store.new_layer().unwrap();
    fs::create_dir(layer.path()).unwrap();
    let refused = fixture.store.add_snapshot(layer, new("red", "app", &[])).await;
    assert!(matches!(refused, Err(TemplateError::Exists { .. })));
    assert_eq!(fixture.store.resolve(Some("red"), "app").unwrap(), old);
    assert_eq!(fixture.files().len(), 1, "{:?}", fixture.files());

    let layer = fixture.store.new_layer().unwrap();
    fs::create_dir(layer.path()).unwrap();
    let mut overwriting = new("red", "app", &[]);
    overwriting.overwrite = true;
    let renewed = fixture.store.add_snapshot(layer, overwriting).await.unwrap();
    assert_ne!(renewed.layers, old.layers);
    assert!(old.layers[0].exists(), "capsules of the old one go on");
}

#[tokio::test]
async fn reserved_and_impossible_names_leave_nothing() {
    let fixture = Fixture::new();
    for name in ["minimal", "jupyter", "", "a/b"] {
        let layer = fixture.store.new_layer().unwrap();
        fs::create_dir(layer.path()).unwrap();
        let refused = fixture.store.add_snapshot(layer, new("red", name, &[])).await;
        assert!(
            matches!(refused, Err(TemplateError::Reserved { .. } | TemplateError::InvalidName { .. })),
            "{name}"
        );
    }
    assert_eq!(fixture.files(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_layer_that_was_never_published_is_removed() {
    let fixture = Fixture::new();
    let layer = fixture.store.new_layer().unwrap();
    fs::create_dir(layer.path()).unwrap();
    fs::write(layer.path().join("half"), "x").unwrap();
    drop(layer);
    assert_eq!(fixture.files(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_data_directory_can_be_moved() {
    let fixture = Fixture::new();
    let below = fixture.snapshot("red", "below", &[fixture.minimal()]).await;
    fixture.snapshot("red", "above", &below.layers).await;
    let moved = fixture.dir.path().join("moved");
    fs::rename(&fixture.store.root, &moved).unwrap();

    let store = TemplateStore::open_with_cache(&moved, &fixture.store.cache).unwrap();
    let above = store.resolve(Some("red"), "above").unwrap();
    assert_eq!(above.layers.len(), 3);
    assert!(above.layers.iter().all(|layer| layer.is_dir()), "{:?}", above.layers);
}

#[tokio::test]
async fn a_long_chain_is_merged_into_one_layer() {
    let fixture = Fixture::new();
    let mut layers = vec![fixture.minimal()];
    for number in 1..16 {
        layers = fixture.snapshot("red", &format!("file{number}"), &layers).await.layers;
    }
    assert_eq!(layers.len(), 16);
    let layer = fixture.store.new_layer().unwrap();
    let top: PathBuf = layer.path();
    fs::create_dir(&top).unwrap();
    fs::write(top.join("base"), "changed").unwrap();
    mknodat(CWD, top.join("file1"), FileType::CharacterDevice, Mode::empty(), 0).unwrap();

    let merged = fixture.store.add_snapshot(layer, new("red", "merged", &layers)).await.unwrap();

    assert_eq!(merged.layers.len(), 1);
    let tree = &merged.layers[0];
    assert_eq!(fs::read_to_string(tree.join("base")).unwrap(), "changed");
    assert!(fs::symlink_metadata(tree.join("file1")).is_err(), "a deleted file is not there");
    assert_eq!(fs::read_to_string(tree.join("file15")).unwrap(), "file15");
}
