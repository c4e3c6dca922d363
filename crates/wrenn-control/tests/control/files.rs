//! Files, on the real agent.

use bytes::Bytes;
use futures_util::{TryStreamExt as _, stream};
use wrenn_agent_proto::Range;
use wrenn_api::{ErrorCode, FileType};

use crate::fixture::{Fixture, refused};

#[tokio::test]
async fn files_are_written_read_listed_moved_and_removed() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, machine } = &fixture;
    let id = &fixture.capsule().await.id;
    let path = |name: &str| machine.dir.path().join("inside").join(name).display().to_string();
    let content = Bytes::from_static(b"0123456789");
    let parts = stream::iter([Ok::<_, std::io::Error>(content.slice(..4)), Ok(content.slice(4..))]);
    control.write_file(team, id, &path("a/file"), Some(10), parts).await.unwrap();

    let read = async |range| {
        let body = control.read_file(team, id, &path("a/file"), range).await.unwrap();
        let size = body.size();
        let parts: Vec<Bytes> = body.try_collect().await.unwrap();
        (parts.concat(), size)
    };
    assert_eq!(read(None).await, (content.to_vec(), Some(10)));
    assert_eq!(read(Some(Range { start: 2, last: Some(4) })).await, (b"234".to_vec(), Some(10)));

    let stat = control.stat_path(team, id, &path("a/file")).await.unwrap();
    assert_eq!((stat.name.as_str(), stat.kind, stat.size), ("file", FileType::File, 10));
    control.move_path(team, id, &path("a/file"), &path("a/moved")).await.unwrap();
    let names: Vec<_> =
        control.list_dir(team, id, &path(""), 2).await.unwrap().into_iter().map(|entry| entry.name).collect();
    assert_eq!(names, ["a", "moved"]);
    control.remove_path(team, id, &path("a")).await.unwrap();
    refused(control.stat_path(team, id, &path("a/moved")).await, ErrorCode::NotFound);
    refused(control.remove_path(team, id, &path("a")).await, ErrorCode::NotFound);
    refused(control.read_file(team, id, &path(""), None).await.map(drop), ErrorCode::InvalidRequest);
}

#[tokio::test]
async fn a_directory_is_made_once_and_answered_always() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, machine } = &fixture;
    let id = &fixture.capsule().await.id;
    let path = |name: &str| machine.dir.path().join(name).display().to_string();
    for _ in 0..2 {
        let made = control.make_dir(team, id, &path("new/below")).await.unwrap();
        assert_eq!((made.name.as_str(), made.kind), ("below", FileType::Directory));
    }
    std::fs::write(path("file"), "").unwrap();
    refused(control.make_dir(team, id, &path("file")).await, ErrorCode::Conflict);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_the_old_file() {
    let fixture = Fixture::new().await;
    let Fixture { control, team, machine } = &fixture;
    let id = &fixture.capsule().await.id;
    let path = machine.dir.path().join("file");
    std::fs::write(&path, "old").unwrap();
    let parts = stream::iter([Ok(Bytes::from_static(b"new")), Err(std::io::Error::other("gone"))]);
    let result = control.write_file(team, id, path.to_str().unwrap(), None, parts).await;
    refused(result, ErrorCode::InvalidRequest);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "old");
}
