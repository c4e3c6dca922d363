//! CreateWatcher, GetWatcherEvents, RemoveWatcher, as JSON.

use std::fs;

use serde_json::{Value, json};

use crate::fixture::{TestAgent, json as answer};

async fn call(agent: &TestAgent, method: &str, body: Value) -> (u16, Value) {
    let target = format!("/filesystem.Filesystem/{method}");
    answer(&agent.post(&target, "application/json", body.to_string()).await)
}

async fn create(agent: &TestAgent, include_entry: bool) -> Value {
    let body = json!({ "path": agent.at(""), "recursive": true, "includeEntry": include_entry });
    let (status, created) = call(agent, "CreateWatcher", body).await;
    assert_eq!(status, 200, "{created}");
    json!({ "watcherId": created["watcherId"] })
}

#[tokio::test]
async fn each_poll_has_what_happened_before_it() {
    let agent = TestAgent::start().await;
    let id = create(&agent, false).await;
    assert_eq!(call(&agent, "GetWatcherEvents", id.clone()).await, (200, json!({})));
    for round in 0..20 {
        let name = format!("file{round}");
        fs::write(agent.at(&name), "").unwrap();
        let (status, found) = call(&agent, "GetWatcherEvents", id.clone()).await;
        let expected = json!({ "events": [{ "name": name, "type": "EVENT_TYPE_CREATE" }] });
        assert_eq!((status, found), (200, expected));
    }
    assert_eq!(call(&agent, "RemoveWatcher", id.clone()).await, (200, json!({})));
    for method in ["GetWatcherEvents", "RemoveWatcher"] {
        let (status, refused) = call(&agent, method, id.clone()).await;
        assert_eq!((status, refused["code"].as_str()), (404, Some("not_found")));
    }
}

#[tokio::test]
async fn entries_come_along_when_asked_for() {
    let agent = TestAgent::start().await;
    let id = create(&agent, true).await;
    fs::write(agent.at("file"), "four").unwrap();
    let (_, found) = call(&agent, "GetWatcherEvents", id.clone()).await;
    let entry = &found["events"][0]["entry"];
    assert_eq!((&entry["path"], &entry["type"]), (&json!(agent.at("file")), &json!("FILE_TYPE_FILE")));
    fs::remove_file(agent.at("file")).unwrap();
    let (_, found) = call(&agent, "GetWatcherEvents", id).await;
    assert_eq!(found["events"][0], json!({ "name": "file", "type": "EVENT_TYPE_REMOVE" }));
}

#[tokio::test]
async fn there_is_an_end_to_how_many_there_are() {
    let agent = TestAgent::start().await;
    for _ in 0..64 {
        create(&agent, false).await;
    }
    let (status, refused) = call(&agent, "CreateWatcher", json!({ "path": agent.at("") })).await;
    assert_eq!((status, refused["code"].as_str()), (429, Some("resource_exhausted")), "{refused}");
}
