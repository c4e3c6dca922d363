//! The changes in a directory.

use serde_json::json;

use crate::harness::{Server, Socket};

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_reported_by_either_way_of_asking() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    let path = format!("/v1/capsules/{id}/files/watch");
    let mut by_query = Socket::open(&server, &format!("{path}?path={}&recursive=true", root.display())).await;
    let mut by_message = Socket::open(&server, &path).await;
    by_message.say(json!({"type": "start", "path": root, "recursive": true})).await;
    for socket in [&mut by_query, &mut by_message] {
        assert_eq!(socket.message().await, json!({"type": "started"}));
    }
    std::fs::write(root.join("new"), "content").expect("a file");
    for socket in [&mut by_query, &mut by_message] {
        assert_eq!(socket.message().await, json!({"type": "event", "event": "create", "name": "new"}));
        assert_eq!(socket.message().await["event"], "write");
        socket.say(json!({"type": "stop"})).await;
        socket.rest().await;
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_watched_is_refused() {
    let server = Server::start().await;
    let id = server.capsule().await;
    let root = server.files();
    std::fs::write(root.join("file"), "").expect("a file");
    for path in [json!(root.join("missing")), json!(root.join("file")), json!(""), json!("a\0b")] {
        let mut socket = Socket::open(&server, &format!("/v1/capsules/{id}/files/watch")).await;
        socket.say(json!({"type": "start", "path": path})).await;
        let (messages, _) = socket.rest().await;
        assert_eq!((messages.len(), &messages[0]["type"]), (1, &json!("error")), "{path}: {messages:?}");
    }
    server.stop().await;
}
