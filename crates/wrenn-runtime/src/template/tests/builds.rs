//! Real builds from Dockerfiles, on this machine's real `minimal`.

use std::{
    fs,
    os::unix::fs::FileTypeExt as _,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

use super::super::{BuildEvent, Template, TemplateError, TemplateStore, event::silent, garbage::Swept, tree};

/// A store of its own with the machine's cache, and a directory to build from.
struct Build {
    dir: tempfile::TempDir,
    store: TemplateStore,
}

impl Build {
    fn new(dockerfile: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = TemplateStore::open(dir.path().join("data")).unwrap();
        fs::create_dir(dir.path().join("context")).unwrap();
        let build = Self { dir, store };
        build.write("Dockerfile", dockerfile);
        build
    }

    fn context(&self) -> PathBuf {
        self.dir.path().join("context")
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.context().join(name), content).unwrap();
    }

    /// Builds, and returns what was told as well.
    async fn run(&self, name: &str) -> (Result<Template, TemplateError>, Vec<BuildEvent>) {
        let events = Mutex::new(Vec::new());
        let tell = |event| events.lock().unwrap().push(event);
        let result = self.store.build(name, &self.context(), &tell).await;
        (result, events.into_inner().unwrap())
    }

    fn assert_nothing_left(&self, images: usize) {
        assert_eq!(tree::names_in(&self.store.scratch_root()).unwrap(), [] as [&str; 0]);
        assert_eq!(tree::names_in(&self.store.images()).unwrap().len(), images);
    }
}

fn is_whiteout(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_char_device())
}

#[tokio::test]
async fn a_dockerfile_becomes_a_layer_above_its_base() {
    let build = Build::new(
        "FROM minimal\n\
         ENV GREETING=\"good day\" EMPTY=\n\
         COPY hello.txt /srv/\n\
         RUN rm /etc/debian_version && echo made > /srv/made && rm -r /home/user && mkdir /home/user\n\
         RUN id -u > /srv/id && cat /srv/hello.txt\n\
         USER user\n\
         WORKDIR /srv\n\
         CMD [\"sleep\", \"1\"]\n",
    );
    build.write("hello.txt", "hello");
    let (template, events) = build.run("app").await;
    let template = template.unwrap();

    let minimal = build.store.resolve(None, "minimal").unwrap();
    assert_eq!(template.layers[1..], minimal.layers);
    let layer = &template.layers[0];
    assert_eq!(fs::read_to_string(layer.join("srv/hello.txt")).unwrap(), "hello");
    assert_eq!(fs::read_to_string(layer.join("srv/made")).unwrap(), "made\n");
    assert_eq!(fs::read_to_string(layer.join("srv/id")).unwrap(), "0\n");
    assert!(is_whiteout(&layer.join("etc/debian_version")));
    let mut opaque = [0; 4];
    let length =
        rustix::fs::getxattr(layer.join("home/user"), "trusted.overlay.opaque", &mut opaque).unwrap();
    assert_eq!(&opaque[..length], b"y");
    assert!(!layer.join("etc/apt/apt.conf.d/00wrenn-build").exists());
    assert!(!layer.join("usr/bin/git").exists(), "what is in the base is not copied");

    let envs = &template.defaults.envs;
    assert_eq!(envs.get("GREETING").map(String::as_str), Some("good day"));
    assert_eq!(envs.get("EMPTY").map(String::as_str), Some(""));
    assert_eq!(envs.get("LANG").map(String::as_str), Some("C.UTF-8"), "the base's come along");
    assert!(!envs.contains_key("PATH"));
    assert_eq!(template.defaults.user.as_deref(), Some("user"));
    assert_eq!(template.defaults.workdir.as_deref(), Some("/srv"));
    assert!(template.size_bytes > minimal.size_bytes);

    assert!(events.contains(&BuildEvent::Step {
        number: 3,
        total: Some(8),
        text: "COPY hello.txt /srv/".to_owned()
    }));
    assert!(events.contains(&BuildEvent::Log("hello".to_owned())), "{events:?}");
    assert!(events.iter().any(|event| matches!(event, BuildEvent::Note(note) if note.starts_with("CMD "))));
    build.assert_nothing_left(1);
}

#[tokio::test]
async fn only_a_change_makes_a_build() {
    let build = Build::new("FROM minimal\nCOPY a /a\n");
    build.write("a", "1");
    let first = build.run("app").await.0.unwrap();
    let (again, events) = build.run("app").await;
    assert_eq!(again.unwrap().layers, first.layers);
    assert!(!events.iter().any(|event| matches!(event, BuildEvent::Step { .. })), "{events:?}");

    build.write("a", "2");
    let changed = build.run("app").await.0.unwrap();
    assert_ne!(changed.layers, first.layers);
    assert_eq!(build.store.resolve(Some("team"), "app").unwrap(), changed);
    // The first one has no name any more.
    let nobody = std::collections::HashSet::new();
    build.store.collect_garbage(&nobody, Duration::ZERO).await.unwrap();
    let swept = build.store.collect_garbage(&nobody, Duration::ZERO).await.unwrap();
    assert_eq!(swept, Swept { removed: 1, waiting: 0 });
    build.assert_nothing_left(1);
}

#[tokio::test]
async fn a_template_of_ones_own_can_be_a_base() {
    let build = Build::new("FROM minimal\nENV A=1\nRUN echo below > /below && rm /etc/debian_version\n");
    let below = build.run("below").await.0.unwrap();
    build.write(
        "Dockerfile",
        "FROM below\nENV B=2\nRUN test ! -e /etc/debian_version && cat /below > /above\n",
    );
    let above = build.run("above").await.0.unwrap();
    assert_eq!(above.layers[1..], below.layers);
    assert_eq!(fs::read_to_string(above.layers[0].join("above")).unwrap(), "below\n");
    assert_eq!(above.defaults.envs.get("A").map(String::as_str), Some("1"));
    assert_eq!(above.defaults.envs.get("B").map(String::as_str), Some("2"));
}

#[tokio::test]
async fn a_failing_step_leaves_nothing_and_says_why() {
    let build = Build::new("FROM minimal\nRUN echo the reason >&2 && exit 3\n");
    let error = build.run("app").await.0.unwrap_err();
    assert!(matches!(&error, TemplateError::Build { name, .. } if name == "app"), "{error}");
    assert!(error.to_string().contains("the reason"), "{error}");
    assert!(matches!(build.store.resolve(None, "app"), Err(TemplateError::NotFound { .. })));
    build.assert_nothing_left(0);
}

#[tokio::test]
async fn an_interrupted_build_leaves_nothing() {
    let build = Build::new("FROM minimal\nRUN echo started && sleep 1000\n");
    let started = tokio::sync::Notify::new();
    let tell = |event| {
        if event == BuildEvent::Log("started".to_owned()) {
            started.notify_one();
        }
    };
    let context = build.context();
    tokio::select! {
        result = build.store.build("app", &context, &tell) => panic!("{result:?}"),
        () = started.notified() => {}
    }
    build.assert_nothing_left(0);
    assert!(matches!(build.store.resolve(None, "app"), Err(TemplateError::NotFound { .. })));
}

#[tokio::test]
async fn what_is_no_definition_is_refused_with_a_reason() {
    let build = Build::new("RUN true\n");
    let error = build.run("app").await.0.unwrap_err();
    assert!(error.to_string().contains("FROM"), "{error}");
    fs::remove_file(build.context().join("Dockerfile")).unwrap();
    let error = build.run("app").await.0.unwrap_err();
    assert!(error.to_string().contains("Dockerfile"), "{error}");
    for name in ["minimal", "jupyter", "a b"] {
        let error = build.store.build(name, &build.context(), &silent).await.unwrap_err();
        assert!(
            matches!(error, TemplateError::Reserved { .. } | TemplateError::InvalidName { .. }),
            "{error}"
        );
    }
    build.assert_nothing_left(0);
}

#[tokio::test]
async fn two_builds_of_the_same_thing_do_the_work_once() {
    let build = Build::new("FROM minimal\nRUN echo once\n");
    let (first, second) = tokio::join!(build.run("app"), build.run("app"));
    assert_eq!(first.0.unwrap().layers, second.0.unwrap().layers);
    let ran = |events: &[BuildEvent]| events.iter().any(|event| matches!(event, BuildEvent::Step { .. }));
    assert!(ran(&first.1) != ran(&second.1), "exactly one has built");
}
