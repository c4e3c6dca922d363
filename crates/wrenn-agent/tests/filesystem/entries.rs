//! Stat, MakeDir, Move, ListDir, Remove.

use std::fs;
use std::os::unix::fs::symlink;

use wrenn_agent_proto::filesystem::FileType;
use wrenn_agent_proto::{AgentError, ErrorCode};

use crate::fixture::{TestAgent, json};

fn code<T: std::fmt::Debug>(result: Result<T, AgentError>) -> Option<ErrorCode> {
    result.unwrap_err().code()
}

#[tokio::test]
async fn a_link_is_seen_as_what_it_is() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("file"), "four").unwrap();
    symlink("file", agent.at("link")).unwrap();
    let link = agent.client.stat(&agent.at("link")).await.unwrap();
    assert_eq!(link.r#type.as_known(), Some(FileType::FILE_TYPE_SYMLINK));
    assert_eq!(link.symlink_target, Some(agent.at("file")));
    let file = agent.client.stat(&agent.at("file")).await.unwrap();
    assert_eq!((file.size, file.owner.as_str(), file.permissions.as_str()), (4, "root", "-rw-r--r--"));
    assert_eq!(code(agent.client.stat(&agent.at("missing")).await), Some(ErrorCode::NotFound));
}

#[tokio::test]
async fn directories_are_made_once() {
    let agent = TestAgent::start().await;
    let made = agent.client.make_dir(&agent.at("a/b/c")).await.unwrap();
    assert_eq!((made.name.as_str(), made.r#type.as_known()), ("c", Some(FileType::FILE_TYPE_DIRECTORY)));
    assert_eq!(code(agent.client.make_dir(&agent.at("a/b")).await), Some(ErrorCode::AlreadyExists));
    fs::write(agent.at("file"), "").unwrap();
    assert_eq!(code(agent.client.make_dir(&agent.at("file")).await), Some(ErrorCode::InvalidArgument));
    assert_eq!(code(agent.client.make_dir(&agent.at("file/below")).await), Some(ErrorCode::InvalidArgument));
}

#[tokio::test]
async fn moves_make_directories_and_replace_files() {
    let agent = TestAgent::start().await;
    fs::write(agent.at("old"), "content").unwrap();
    let moved = agent.client.move_entry(&agent.at("old"), &agent.at("x/new")).await.unwrap();
    assert_eq!(moved.path, agent.at("x/new"));
    fs::write(agent.at("other"), "other").unwrap();
    agent.client.move_entry(&agent.at("other"), &agent.at("x/new")).await.unwrap();
    assert_eq!(fs::read_to_string(agent.at("x/new")).unwrap(), "other");
    let missing = agent.client.move_entry(&agent.at("missing"), &agent.at("y/z")).await;
    assert_eq!(code(missing), Some(ErrorCode::NotFound));
    assert_eq!(agent.names(""), ["x"]);
    let inside = agent.client.move_entry(&agent.at("x"), &agent.at("x/y/z")).await;
    assert_eq!(code(inside), Some(ErrorCode::InvalidArgument));
}

#[tokio::test]
async fn a_listing_goes_as_deep_as_asked_and_into_no_link() {
    let agent = TestAgent::start().await;
    fs::create_dir_all(agent.at("a/b/c")).unwrap();
    fs::write(agent.at("a/z"), "").unwrap();
    symlink(agent.at("a"), agent.at("link")).unwrap();
    let names = async |path: &str, depth| -> Vec<String> {
        let entries = agent.client.list_dir(&agent.at(path), depth).await.unwrap();
        entries.into_iter().map(|entry| entry.path[agent.at("").len()..].to_owned()).collect()
    };
    assert_eq!(names("", 0).await, ["a", "link"]);
    assert_eq!(names("", 1).await, ["a", "link"]);
    assert_eq!(names("", 2).await, ["a", "a/b", "a/z", "link"]);
    assert_eq!(names("", 9).await, ["a", "a/b", "a/b/c", "a/z", "link"]);
    assert_eq!(names("link", 1).await, ["link/b", "link/z"]);
    assert_eq!(code(agent.client.list_dir(&agent.at("missing"), 1).await), Some(ErrorCode::NotFound));
    assert_eq!(code(agent.client.list_dir(&agent.at("a/z"), 1).await), Some(ErrorCode::InvalidArgument));
}

#[tokio::test]
async fn removal_takes_the_tree_and_spares_what_links_point_to() {
    let agent = TestAgent::start().await;
    fs::create_dir_all(agent.at("spared/below")).unwrap();
    fs::create_dir_all(agent.at("tree/below")).unwrap();
    fs::write(agent.at("tree/below/file"), "").unwrap();
    symlink(agent.at("spared"), agent.at("tree/link")).unwrap();
    symlink(agent.at("spared"), agent.at("link")).unwrap();
    agent.client.remove(&agent.at("tree")).await.unwrap();
    agent.client.remove(&agent.at("link")).await.unwrap();
    assert_eq!(
        (agent.names(""), agent.names("spared")),
        (vec!["spared".to_owned()], vec!["below".to_owned()])
    );
    assert_eq!(code(agent.client.remove("/").await), Some(ErrorCode::FailedPrecondition));
    assert_eq!(code(agent.client.remove(&agent.at("tree")).await), Some(ErrorCode::NotFound));
    // Other clients of the protocol do not mind that it was gone before.
    let body = format!("{{\"path\":{:?}}}", agent.at("tree"));
    let response = agent.post("/filesystem.Filesystem/Remove", "application/json", body).await;
    assert_eq!(json(&response), (200, serde_json::json!({})));
}

#[tokio::test]
async fn malformed_calls_are_refused() {
    let agent = TestAgent::start().await;
    for (kind, body) in [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", "{\"path\":7}"),
        ("application/json", "{\"path\":\"a\\u0000b\"}"),
        ("application/json", "{\"path\":\"\"}"),
        ("application/proto", "\u{ff}\u{ff}\u{ff}"),
    ] {
        let response = agent.post("/filesystem.Filesystem/Stat", kind, body).await;
        let (status, answer) = json(&response);
        assert_eq!((status, answer["code"].as_str()), (400, Some("invalid_argument")), "{body:?}: {answer}");
    }
    assert_eq!(agent.post("/filesystem.Filesystem/Nothing", "application/json", "{}").await.status(), 404);
    assert_eq!(agent.post("/filesystem.Filesystem/Stat", "text/plain", "{}").await.status(), 415);
    assert_eq!(agent.get("/nothing").await.status(), 404);
    assert_eq!(agent.post("/health", "text/plain", "").await.status(), 405);
}
