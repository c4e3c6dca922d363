//! Directories and their entries.

use http::Method;
use serde_json::{Value, json};

use crate::harness::{Reply, Server};

async fn files(server: &Server, id: &str, operation: &str, body: Value) -> Reply {
    server.call(Method::POST, &format!("/v1/capsules/{id}/files/{operation}"), &body.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_are_made_listed_moved_and_removed() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    let at = |name: &str| root.join(name).to_str().expect("text").to_owned();

    let made = files(&server, &id, "mkdir", json!({"path": at("a/b")})).await;
    assert_eq!((made.status, &made.json()["entry"]["type"]), (200, &json!("directory")), "{}", made.text());
    let again = files(&server, &id, "mkdir", json!({"path": at("a/b")})).await;
    assert_eq!((again.status, &again.json()["entry"]["path"]), (200, &json!(at("a/b"))), "{}", again.text());
    std::fs::write(root.join("a/file"), "12345").expect("a file");
    std::os::unix::fs::symlink("file", root.join("a/link")).expect("a link");
    let in_the_way = files(&server, &id, "mkdir", json!({"path": at("a/file")})).await;
    assert_eq!(in_the_way.status, 409, "{}", in_the_way.text());
    in_the_way.assert_error("conflict");

    let list = files(&server, &id, "list", json!({"path": at("a")})).await.json();
    let entries = list["entries"].as_array().expect("a list");
    let mut names: Vec<_> =
        entries.iter().map(|entry| format!("{} {}", entry["name"], entry["type"])).collect();
    names.sort();
    assert_eq!(names, [r#""b" "directory""#, r#""file" "file""#, r#""link" "symlink""#]);
    let entry = files(&server, &id, "stat", json!({"path": at("a/file")})).await.json()["entry"].clone();
    assert_eq!((&entry["size"], &entry["path"]), (&json!(5), &json!(at("a/file"))));
    assert!(entry["permissions"].as_str().expect("text").starts_with("-rw"), "{entry}");
    let link = files(&server, &id, "stat", json!({"path": at("a/link")})).await.json()["entry"].clone();
    assert_eq!(link["type"], "symlink");
    assert!(link["symlink_target"].as_str().expect("text").ends_with("file"), "{link}");

    let moved = files(&server, &id, "move", json!({"source": at("a/file"), "destination": at("c")})).await;
    assert_eq!((moved.status, &moved.json()["entry"]["path"]), (200, &json!(at("c"))), "{}", moved.text());
    assert_eq!(files(&server, &id, "remove", json!({"path": at("a")})).await.status, 204);
    assert!(!root.join("a").exists());
    for (operation, body) in [
        ("remove", json!({"path": at("a")})),
        ("stat", json!({"path": at("a")})),
        ("list", json!({"path": at("a")})),
        ("read", json!({"path": at("a")})),
        ("move", json!({"source": at("a"), "destination": at("b")})),
    ] {
        let reply = files(&server, &id, operation, body).await;
        assert_eq!(reply.status, 404, "{operation}: {}", reply.text());
        reply.assert_error("not_found");
    }
    server.stop().await;
}
