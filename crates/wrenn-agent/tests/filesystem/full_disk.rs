//! A disk that runs full.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use bytes::Bytes;
use futures_util::stream;
use wrenn_agent_proto::ErrorCode;

use crate::fixture::{TestAgent, assert_refused, eventually};

/// A disk of one megabyte.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(path: PathBuf) -> Self {
        fs::create_dir(&path).unwrap();
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=1m", "small"]).arg(&path).status();
        assert!(mounted.unwrap().success(), "these tests run as root");
        Self(path)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let ended = Command::new("umount").arg("-l").arg(&self.0).status();
        assert!(ended.is_ok_and(|status| status.success()));
    }
}

#[tokio::test]
async fn the_old_file_stays_and_nothing_else_does() {
    let agent = TestAgent::start().await;
    let _disk = SmallDisk::mount(agent.root.join("disk"));
    fs::write(agent.at("disk/kept"), "old").unwrap();
    let large = vec![1; 4 << 20];

    let response = agent.post(&agent.files("disk/kept"), "application/octet-stream", large.clone()).await;
    assert_refused(&response, 507);
    eventually("the end of the upload", || agent.names("disk") == ["kept"]).await;

    let pieces = stream::iter(
        large.chunks(100_000).map(Bytes::copy_from_slice).map(Ok::<_, std::io::Error>).collect::<Vec<_>>(),
    );
    let error = agent.client.write_file(&agent.at("disk/kept"), None, pieces).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::ResourceExhausted), "{error:?}");
    eventually("the end of the upload", || agent.names("disk") == ["kept"]).await;

    assert_eq!(fs::read_to_string(agent.at("disk/kept")).unwrap(), "old");
    let response = agent.post(&agent.files("disk/kept"), "application/octet-stream", "new").await;
    assert_eq!(response.status(), 200, "there is room again");
}

#[tokio::test]
async fn a_move_to_another_disk_is_whole_or_not_at_all() {
    let agent = TestAgent::start().await;
    let _disk = SmallDisk::mount(agent.root.join("disk"));
    fs::create_dir_all(agent.at("tree/below")).unwrap();
    fs::write(agent.at("tree/below/file"), "content").unwrap();
    std::os::unix::fs::symlink("nowhere", agent.at("tree/link")).unwrap();
    agent.client.move_entry(&agent.at("tree"), &agent.at("disk/moved")).await.unwrap();
    assert_eq!(fs::read_to_string(agent.at("disk/moved/below/file")).unwrap(), "content");
    assert_eq!(fs::read_link(agent.at("disk/moved/link")).unwrap(), PathBuf::from("nowhere"));
    assert_eq!(agent.names(""), ["disk"]);

    fs::write(agent.at("large"), vec![1; 4 << 20]).unwrap();
    let error = agent.client.move_entry(&agent.at("large"), &agent.at("disk/large")).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::ResourceExhausted), "{error:?}");
    assert_eq!(
        (agent.names(""), agent.names("disk")),
        (vec!["disk".into(), "large".into()], vec!["moved".into()])
    );
}
