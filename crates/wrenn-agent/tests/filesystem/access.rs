//! The access token and signatures.

use bytes::Bytes;
use http::Request;
use sha2::{Digest as _, Sha256};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use wrenn_agent::Settings;

use crate::fixture::{TestAgent, assert_refused};

async fn locked() -> TestAgent {
    TestAgent::with(Settings { access_token: Some("secret".to_owned()), ..Settings::default() }).await
}

fn signature(text: &str) -> String {
    let plain = format!("v1_{}", STANDARD_NO_PAD.encode(Sha256::digest(text)));
    plain.replace('+', "%2B").replace('/', "%2F")
}

#[tokio::test]
async fn without_the_token_only_health_answers() {
    let agent = locked().await;
    assert_eq!(agent.get("/health").await.status(), 204);
    for target in ["/envs", "/metrics", "/files?path=/etc/passwd", "/nothing"] {
        assert_refused(&agent.get(target).await, 401);
    }
    assert_refused(&agent.post("/init", "application/json", "{}").await, 401);
    let rpc = agent.post("/filesystem.Filesystem/Stat", "application/json", "{\"path\":\"/\"}").await;
    assert_eq!(rpc.status(), 401);
    let allowed = Request::get("/envs").header("X-Access-Token", "secret").body(Bytes::new()).unwrap();
    assert_eq!(agent.send(allowed).await.status(), 200);
    let client = agent.client.with_access_token("secret").unwrap();
    assert!(client.stat("/").await.is_ok());
    assert!(client.read_file("/etc/passwd", None).await.is_ok());
    assert!(agent.client.read_file("/etc/passwd", None).await.is_err());
}

#[tokio::test]
async fn a_signature_opens_one_file() {
    let agent = locked().await;
    let path = agent.at("signed");
    let write = signature(&format!("{path}:write::secret"));
    let target = format!("/files?path={path}&signature={write}");
    assert_eq!(agent.post(&target, "application/octet-stream", "x").await.status(), 200);
    assert_refused(&agent.get(&target).await, 401);
    let read = signature(&format!("{path}:read:root:secret:99999999999"));
    let target =
        format!("/files?path={path}&username=root&signature={read}&signature_expiration=99999999999");
    assert_eq!(&agent.get(&target).await.body()[..], b"x");
    assert_refused(&agent.get(&target.replace("99999999999", "99999999998")).await, 401);
    let expired = signature(&format!("{path}:read::secret:1"));
    let target = format!("/files?path={path}&signature={expired}&signature_expiration=1");
    assert_refused(&agent.get(&target).await, 401);
}
