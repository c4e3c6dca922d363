//! Finding, listing and removing.

use super::{super::error::TemplateError, Fixture, mode, names};

#[tokio::test]
async fn a_name_that_stands_for_nothing_says_why() {
    let fixture = Fixture::new();
    let resolve = |name: &str| fixture.store.resolve(Some("team"), name).unwrap_err();
    assert!(matches!(resolve("absent"), TemplateError::NotFound { .. }));
    assert!(matches!(resolve("node"), TemplateError::NotBuilt { .. }));
    assert!(matches!(resolve("code-runner-beta"), TemplateError::NotBuilt { name } if name == "jupyter"));
    assert!(matches!(resolve("../minimal"), TemplateError::InvalidName { .. }));
}

#[tokio::test]
async fn a_team_sees_its_own_and_the_built_in_templates() {
    let fixture = Fixture::new();
    fixture.snapshot("red", "app", &[]).await;
    fixture.snapshot("blue", "tool", &[]).await;

    assert_eq!(names(&fixture.store.list(Some("red")).unwrap()), ["minimal", "app"]);
    assert_eq!(names(&fixture.store.list(Some("blue")).unwrap()), ["minimal", "tool"]);
    assert_eq!(names(&fixture.store.list(None).unwrap()), ["minimal"]);
    assert!(matches!(fixture.store.resolve(Some("blue"), "app"), Err(TemplateError::NotFound { .. })));
    assert!(matches!(fixture.store.remove(Some("blue"), "app"), Err(TemplateError::NotFound { .. })));
    assert!(fixture.store.resolve(Some("red"), "app").is_ok());
}

#[tokio::test]
async fn a_removed_template_is_gone_and_its_layers_stay_for_its_capsules() {
    let fixture = Fixture::new();
    let app = fixture.snapshot("red", "app", &[]).await;
    fixture.store.remove(Some("red"), "app").unwrap();
    assert!(matches!(fixture.store.resolve(Some("red"), "app"), Err(TemplateError::NotFound { .. })));
    assert!(matches!(fixture.store.remove(Some("red"), "app"), Err(TemplateError::NotFound { .. })));
    assert!(app.layers[0].join("app").exists());
    assert!(matches!(fixture.store.remove(Some("red"), "minimal"), Err(TemplateError::Reserved { .. })));
}

#[tokio::test]
async fn the_trees_are_closed_to_other_users() {
    let fixture = Fixture::new();
    fixture.snapshot("red", "app", &[]).await;
    for dir in [&fixture.store.root, &fixture.store.cache, &fixture.store.images()] {
        assert_eq!(mode(dir), 0o700, "{}", dir.display());
    }
}
