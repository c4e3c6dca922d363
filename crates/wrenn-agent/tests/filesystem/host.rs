//! `/envs`, `/metrics`, `/init`.

use serde_json::json;

use crate::fixture::{TestAgent, assert_refused, json as answer};

#[tokio::test]
async fn init_sets_what_it_names_and_nothing_else() {
    let agent = TestAgent::start().await;
    let body = r#"{"envVars":{"A":"1"},"defaultUser":"daemon","defaultWorkdir":"/tmp"}"#;
    assert_eq!(agent.post("/init", "application/json", body).await.status(), 204);
    assert_eq!(answer(&agent.get("/envs").await), (200, json!({ "A": "1" })));
    assert_eq!(agent.agent.settings().default_user, "daemon");
    assert_eq!(agent.client.stat(".").await.unwrap().path, "/tmp");
    assert_eq!(agent.post("/init", "application/json", "").await.status(), 204);
    assert_eq!(agent.post("/init", "application/json", r#"{"accessToken":"t"}"#).await.status(), 204);
    assert_eq!(agent.agent.settings().envs.len(), 1);
    assert_refused(&agent.get("/envs").await, 401);
}

#[tokio::test]
async fn init_refuses_what_cannot_be_and_changes_nothing() {
    let agent = TestAgent::start().await;
    for body in [
        "{",
        r#"{"envVars":[]}"#,
        r#"{"envVars":{"A":"1"},"defaultUser":"nobody-here"}"#,
        r#"{"envVars":{"A":"1"},"defaultWorkdir":"relative"}"#,
        r#"{"envVars":{"A":"1"},"hostname":"no spaces"}"#,
        r#"{"envVars":{"A":"1"},"timestamp":"yesterday"}"#,
        r#"{"envVars":{"A":"1"},"entropy":"not base64!"}"#,
        r#"{"envVars":{"A":"1"},"machineId":"0123456789ABCDEF0123456789ABCDEF"}"#,
        r#"{"envVars":{"A":"1"},"machineId":"0123"}"#,
    ] {
        assert_refused(&agent.post("/init", "application/json", body).await, 400);
    }
    assert_eq!(agent.agent.settings().envs.len(), 0);
}

#[tokio::test]
async fn metrics_are_plausible() {
    let agent = TestAgent::start().await;
    for _ in 0..2 {
        let (status, found) = answer(&agent.get("/metrics").await);
        assert_eq!(status, 200);
        let number = |name: &str| found[name].as_f64().unwrap_or_else(|| panic!("no {name} in {found}"));
        assert!(number("ts") > 1_700_000_000.0 && number("cpu_count") >= 1.0);
        assert!((0.0..=100.0).contains(&number("cpu_used_pct")));
        assert!(number("mem_used") > 0.0 && number("mem_used") <= number("mem_total"));
        assert!(number("disk_used") > 0.0 && number("disk_used") <= number("disk_total"));
        assert_eq!(number("mem_total_mib"), (number("mem_total") / 1_048_576.0).floor());
    }
    let metrics = agent.client.metrics().await.unwrap();
    assert!(metrics.cpu_count >= 1);
}

#[tokio::test]
async fn only_a_machines_agent_switches_a_machine_off() {
    let agent = TestAgent::start().await;
    assert_refused(&agent.post("/shutdown", "application/json", "").await, 501);
    assert_eq!(agent.get("/health").await.status(), 204);
}
