//! Everything is done as the user who asks.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use wrenn_agent_proto::{AgentClient, AgentError, ErrorCode};

use crate::fixture::{TestAgent, assert_refused};

/// A user that every Debian has.
const USER: &str = "daemon";
const UID: u32 = 1;

fn code<T: std::fmt::Debug>(result: Result<T, AgentError>) -> Option<ErrorCode> {
    result.unwrap_err().code()
}

fn body() -> impl futures_util::Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static {
    futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"x"))])
}

async fn start() -> (TestAgent, AgentClient) {
    let agent = TestAgent::start().await;
    let user = agent.client.as_user(USER);
    (agent, user)
}

#[tokio::test]
async fn what_a_user_makes_is_the_users() {
    let (agent, user) = start().await;
    user.make_dir(&agent.at("dir/sub")).await.unwrap();
    user.write_file(&agent.at("dir/bulk"), None, body()).await.unwrap();
    let plain = format!("{}&username={USER}", agent.files("dir/new/plain"));
    assert_eq!(agent.post(&plain, "application/octet-stream", "x").await.status(), 200);
    for name in ["dir", "dir/sub", "dir/bulk", "dir/new", "dir/new/plain"] {
        assert_eq!(fs::metadata(agent.at(name)).unwrap().uid(), UID, "{name}");
    }
    assert_eq!(user.stat(&agent.at("dir")).await.unwrap().owner, USER);
}

#[tokio::test]
async fn what_a_user_may_not_do_is_refused_by_every_door() {
    let (agent, user) = start().await;
    let private = agent.root.join("private");
    fs::create_dir(&private).unwrap();
    fs::write(private.join("file"), "secret").unwrap();
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    let denied = Some(ErrorCode::PermissionDenied);
    let file = agent.at("private/file");
    assert_eq!(code(user.stat(&file).await), denied);
    assert_eq!(code(user.list_dir(&agent.at("private"), 1).await), denied);
    assert_eq!(code(user.make_dir(&agent.at("private/new")).await), denied);
    assert_eq!(code(user.remove(&file).await), denied);
    assert_eq!(code(user.move_entry(&file, &agent.at("taken")).await), denied);
    assert_eq!(code(user.read_file(&file, None).await.map(drop)), denied);
    assert_eq!(code(user.write_file(&file, None, body()).await), denied);
    assert_eq!(code(user.watch_dir(&agent.at("private"), false).await.map(drop)), denied);
    let target = format!("{}&username={USER}", agent.files("private/file"));
    assert_refused(&agent.get(&target).await, 403);
    assert_refused(&agent.post(&target, "application/octet-stream", "x").await, 403);
    assert_eq!(fs::read_to_string(&file).unwrap(), "secret");
    // The same threads serve root again.
    assert!(agent.client.stat(&file).await.is_ok());
}

#[tokio::test]
async fn a_file_is_protected_also_where_the_directory_is_open() {
    let (agent, user) = start().await;
    fs::write(agent.at("readable"), "roots").unwrap();
    assert_eq!(
        code(user.write_file(&agent.at("readable"), None, body()).await),
        Some(ErrorCode::PermissionDenied)
    );
    assert_eq!(fs::read_to_string(agent.at("readable")).unwrap(), "roots");
}

#[tokio::test]
async fn a_writable_file_in_a_closed_directory_is_overwritten_in_place() {
    let (agent, user) = start().await;
    fs::create_dir(agent.at("closed")).unwrap();
    fs::write(agent.at("closed/open"), "old").unwrap();
    fs::set_permissions(agent.at("closed/open"), fs::Permissions::from_mode(0o666)).unwrap();
    user.write_file(&agent.at("closed/open"), None, body()).await.unwrap();
    assert_eq!(fs::read_to_string(agent.at("closed/open")).unwrap(), "x");
    assert_eq!(fs::metadata(agent.at("closed/open")).unwrap().uid(), 0);
}

#[tokio::test]
async fn relative_paths_start_at_the_users_home() {
    let (_agent, user) = start().await;
    let passwd = fs::read_to_string("/etc/passwd").unwrap();
    let home = passwd.lines().find(|line| line.starts_with("daemon:")).unwrap().split(':').nth(5).unwrap();
    assert_eq!(user.stat("~").await.unwrap().path, home);
    assert_eq!(user.stat(".").await.unwrap().path, home);
}
