//! WatchDir.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use wrenn_agent_proto::filesystem::EventType;
use wrenn_agent_proto::{ErrorCode, WatchStream};

use crate::fixture::{TestAgent, eventually, soon};

/// A change as text: `create a/b`.
async fn next(watch: &mut WatchStream) -> String {
    let event = soon("a change", watch.next()).await.unwrap().expect("the watch goes on");
    let kind = match event.r#type.as_known() {
        Some(EventType::EVENT_TYPE_CREATE) => "create",
        Some(EventType::EVENT_TYPE_WRITE) => "write",
        Some(EventType::EVENT_TYPE_REMOVE) => "remove",
        Some(EventType::EVENT_TYPE_RENAME) => "rename",
        Some(EventType::EVENT_TYPE_CHMOD) => "chmod",
        other => panic!("{other:?} is no kind"),
    };
    format!("{kind} {}", event.name)
}

/// Reads changes until `last`, which is among them.
async fn until(watch: &mut WatchStream, last: &str) -> Vec<String> {
    let mut seen = Vec::new();
    while seen.last().is_none_or(|event| event != last) {
        seen.push(next(watch).await);
    }
    seen
}

#[tokio::test]
async fn every_kind_of_change() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("old"), "").unwrap();
    let mut watch = agent.client.watch_dir(&agent.at(""), false).await.unwrap();
    fs::write(agent.at("new"), "x").unwrap();
    assert_eq!(next(&mut watch).await, "create new");
    assert_eq!(next(&mut watch).await, "write new");
    fs::set_permissions(agent.at("new"), fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(next(&mut watch).await, "chmod new");
    fs::rename(agent.at("new"), agent.at("newer")).unwrap();
    assert_eq!(next(&mut watch).await, "rename new");
    assert_eq!(next(&mut watch).await, "create newer");
    fs::remove_file(agent.at("old")).unwrap();
    assert_eq!(next(&mut watch).await, "remove old");
}

#[tokio::test]
async fn an_upload_is_seen_as_the_file_it_becomes() {
    let agent = TestAgent::start().await;
    let mut watch = agent.client.watch_dir(&agent.at(""), false).await.unwrap();
    let upload = async |content: &'static str| {
        let response = agent.post(&agent.files("file"), "application/octet-stream", content).await;
        assert_eq!(response.status(), 200);
    };
    upload("one").await;
    assert_eq!(next(&mut watch).await, "create file");
    assert_eq!(next(&mut watch).await, "write file");
    upload("two").await;
    assert_eq!(next(&mut watch).await, "write file");
    fs::remove_file(agent.at("file")).unwrap();
    assert_eq!(next(&mut watch).await, "remove file");
}

#[tokio::test]
async fn below_is_seen_only_when_asked_for() {
    let agent = TestAgent::start().await;
    fs::create_dir(agent.at("dir")).unwrap();
    let mut flat = agent.client.watch_dir(&agent.at(""), false).await.unwrap();
    let mut deep = agent.client.watch_dir(&agent.at(""), true).await.unwrap();
    fs::write(agent.at("dir/below"), "").unwrap();
    fs::write(agent.at("last"), "").unwrap();
    assert_eq!(next(&mut flat).await, "create last");
    assert_eq!(next(&mut deep).await, "create dir/below");
}

/// What lies in a new directory is told, whether it was put there before the kernel could be asked about it or after.
#[tokio::test]
async fn directories_that_appear_later_are_watched_with_all_in_them() {
    let agent = TestAgent::start().await;
    let mut watch = agent.client.watch_dir(&agent.at(""), true).await.unwrap();
    for round in 0..50 {
        let dir = agent.at(&format!("r{round}/a/b"));
        fs::create_dir_all(&dir).unwrap();
        for file in 0..5 {
            fs::write(format!("{dir}/{file}"), "x").unwrap();
        }
        // What was found by looking comes in no particular order, but before what happened after it.
        fs::write(agent.at(&format!("end{round}")), "").unwrap();
        let seen = until(&mut watch, &format!("create end{round}")).await;
        for name in ["", "/a", "/a/b", "/a/b/0", "/a/b/1", "/a/b/2", "/a/b/3", "/a/b/4"] {
            let created = format!("create r{round}{name}");
            assert_eq!(seen.iter().filter(|event| **event == created).count(), 1, "{created} in {seen:?}");
        }
    }
}

#[tokio::test]
async fn a_directory_that_moves_is_watched_where_it_is() {
    let agent = TestAgent::start().await;
    fs::create_dir_all(agent.at("a/sub")).unwrap();
    let mut watch = agent.client.watch_dir(&agent.at(""), true).await.unwrap();
    fs::rename(agent.at("a"), agent.at("b")).unwrap();
    assert_eq!(until(&mut watch, "create b/sub").await, ["rename a", "create b", "create b/sub"]);
    fs::write(agent.at("b/sub/file"), "").unwrap();
    assert_eq!(next(&mut watch).await, "create b/sub/file");
    fs::remove_dir_all(agent.at("b")).unwrap();
    assert_eq!(until(&mut watch, "remove b").await, ["remove b/sub/file", "remove b/sub", "remove b"]);
}

#[tokio::test]
async fn links_are_not_followed_below() {
    let agent = TestAgent::start().await;
    fs::create_dir_all(agent.at("elsewhere")).unwrap();
    fs::create_dir_all(agent.at("watched")).unwrap();
    std::os::unix::fs::symlink(agent.at("elsewhere"), agent.at("watched/link")).unwrap();
    let mut watch = agent.client.watch_dir(&agent.at("watched"), true).await.unwrap();
    fs::write(agent.at("elsewhere/file"), "").unwrap();
    fs::write(agent.at("watched/last"), "").unwrap();
    assert_eq!(next(&mut watch).await, "create last");
}

#[tokio::test]
async fn the_end_of_the_directory_ends_the_watch() {
    let agent = TestAgent::start().await;
    fs::create_dir(agent.at("gone")).unwrap();
    let mut watch = agent.client.watch_dir(&agent.at("gone"), true).await.unwrap();
    fs::remove_dir(agent.at("gone")).unwrap();
    assert_eq!(until(&mut watch, "remove .").await.last().unwrap(), "remove .");
    assert!(soon("the end", watch.next()).await.unwrap().is_none());
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("file"), "").unwrap();
    for (name, code) in [("missing", ErrorCode::NotFound), ("file", ErrorCode::InvalidArgument)] {
        let error = agent.client.watch_dir(&agent.at(name), false).await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{error:?}");
    }
}

/// Whoever does not read gets to hear that something was lost, not a list with holes.
#[tokio::test]
async fn an_overflow_is_told() {
    let agent = TestAgent::start().await;
    let mut watch = agent.client.watch_dir(&agent.at(""), false).await.unwrap();
    let root = agent.root.clone();
    // More than the kernel, the channel and the connection's windows hold together.
    let wrote = tokio::task::spawn_blocking(move || {
        for round in 0..200_000 {
            let name = root.join(format!("{}{}", "n".repeat(100), round % 2));
            fs::write(&name, "").unwrap();
            fs::remove_file(name).unwrap();
        }
    });
    wrote.await.unwrap();
    let error = loop {
        match soon("the overflow", watch.next()).await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended in silence"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), Some(ErrorCode::DataLoss), "{error:?}");
}

#[tokio::test]
async fn a_watch_that_nobody_reads_any_more_ends() {
    let agent = TestAgent::start().await;
    let watch = agent.client.watch_dir(&agent.at(""), true).await.unwrap();
    assert!(watchers(&agent.root) == 1, "the watch has a thread");
    drop(watch);
    eventually("the end of the thread", || watchers(&agent.root) == 0).await;
}

/// How many inotify descriptors of this process watch a directory.
fn watchers(path: &std::path::Path) -> usize {
    use std::os::unix::fs::MetadataExt as _;
    let wanted = format!("ino:{:x} ", fs::metadata(path).unwrap().ino());
    let infos = fs::read_dir("/proc/self/fdinfo").unwrap().flatten();
    infos
        .filter(|info| {
            fs::read_to_string(info.path())
                .is_ok_and(|text| text.contains(&wanted) && text.contains("inotify"))
        })
        .count()
}
