//! Who may come to a port.

use http::Method;
use serde_json::{Value, json};

use super::service::Service;
use crate::harness::{Client, Reply, Server};

const PRIVATE: &str = r#"{"template":"plain","private_ports":true}"#;

async fn get(client: &Client, path: &str, headers: &[(&str, &str)]) -> Reply {
    client.send(Method::GET, path, headers, "").await
}

async fn token(server: &Server, id: &str) -> String {
    let capsule = server.call(Method::GET, &format!("/v1/capsules/{id}"), "").await.json();
    assert_eq!(capsule["private_ports"], true);
    capsule["ports_token"].as_str().expect("a token").to_owned()
}

/// Signs an address and returns its path and query.
async fn sign(server: &Server, id: &str, body: Value) -> String {
    let reply = server.call(Method::POST, &format!("/v1/capsules/{id}/signed-urls"), &body.to_string()).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let url = reply.json()["url"].as_str().expect("an address").to_owned();
    let prefix = format!("http://{}", server.address);
    url.strip_prefix(&prefix).unwrap_or_else(|| panic!("{url}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_port_is_nothing_to_strangers() {
    let server = Server::start().await;
    let stranger = server.another_team().await;
    let service = Service::start().await;
    let (id, other) = (server.capsule_with(PRIVATE).await, server.capsule_with(PRIVATE).await);
    let (token, another) = (token(&server, &id).await, token(&server, &other).await);
    let path = format!("/v1/capsules/{id}/ports/{}/x", service.port);
    let missing = get(&server, "/v1/capsules/cl-0000000000000000000000000/ports/80/x", &[]).await;
    missing.assert_error("not_found");
    let missing = missing.summary().replace("cl-0000000000000000000000000", &id);

    let bearer = |key: &str| format!("Bearer {key}");
    let (theirs, longer) = (bearer(&stranger.key), format!("{token}x"));
    let refused: [&[(&str, &str)]; 11] = [
        &[],
        &[("x-api-key", "")],
        &[("x-api-key", &stranger.key)],
        &[("x-api-key", "wrn_00000000000000000000000000000000")],
        &[("authorization", &theirs)],
        &[("x-wrenn-ports-token", "")],
        &[("x-wrenn-ports-token", &another)],
        &[("x-wrenn-ports-token", &longer)],
        &[("x-wrenn-ports-token", &token[..token.len() - 1])],
        &[("e2b-traffic-access-token", &another)],
        &[("cookie", "wrenn_port=v1.99999999999.AAAA")],
    ];
    for headers in refused {
        let reply = get(&server, &path, headers).await;
        assert_eq!(reply.summary(), missing, "{headers:?}");
    }
    let host = server.at(&format!("{}-{id}.localhost", service.port));
    assert_eq!(get(&host, "/x", &[]).await.summary(), missing);
    let socket = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    assert_eq!(get(&host, "/socket", &socket).await.summary(), missing);

    let ours = bearer(&server.key);
    let opened: [&[(&str, &str)]; 5] = [
        &[("x-api-key", &server.key)],
        &[("authorization", &ours)],
        &[("x-wrenn-ports-token", &token)],
        &[("e2b-traffic-access-token", &token)],
        &[("x-api-key", &stranger.key), ("x-wrenn-ports-token", &token)],
    ];
    for headers in opened {
        for (client, path) in [(&*server, path.as_str()), (&host, "/x")] {
            let reply = get(client, path, headers).await;
            assert_eq!(reply.status, 200, "{headers:?}: {}", reply.text());
            let seen = reply.json()["headers"].take();
            for name in ["x-api-key", "authorization", "x-wrenn-ports-token", "e2b-traffic-access-token"] {
                assert_eq!(seen[name], Value::Null, "{name} went into the capsule");
            }
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_port_is_open_and_sees_no_credential_of_ours() {
    let server = Server::start().await;
    let (id, service) = (server.capsule().await, Service::start().await);
    let path = format!("/v1/capsules/{id}/ports/{}/x", service.port);
    let bearer = format!("Bearer {}", server.key);
    let headers = [
        ("x-api-key", server.key.as_str()),
        ("authorization", &bearer),
        ("cookie", "wrenn_session=1; own=2"),
    ];
    let seen = get(&server, &format!("{path}?wrenn_signature=v1.x&a=1"), &headers).await.json();
    assert_eq!(seen["path"], "/x?a=1");
    assert_eq!(
        (&seen["headers"]["x-api-key"], &seen["headers"]["authorization"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(seen["headers"]["cookie"], "own=2");
    let own = [("authorization", "Bearer eyJhbGciOi"), ("x-api-key", "sk-own")];
    let seen = get(&server, &path, &own).await.json();
    assert_eq!(seen["headers"]["authorization"], "Bearer eyJhbGciOi");
    assert_eq!(seen["headers"]["x-api-key"], "sk-own");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_team_learns_what_became_of_a_capsule() {
    let server = Server::start().await;
    let stranger = server.another_team().await;
    let id = server.capsule_with(PRIVATE).await;
    let path = format!("/v1/capsules/{id}/ports/80/");
    let team = [("x-api-key", server.key.as_str())];
    server.call(Method::POST, &format!("/v1/capsules/{id}/pause"), "").await;
    assert_eq!(get(&server, &path, &team).await.status, 409);
    assert_eq!(get(&server, &path, &[]).await.status, 404);
    assert_eq!(get(&server, &path, &[("x-api-key", &stranger.key)]).await.status, 404);
    server.call(Method::DELETE, &format!("/v1/capsules/{id}"), "").await;
    assert_eq!(get(&server, &path, &team).await.status, 409);
    assert_eq!(get(&server, &path, &[]).await.status, 404);
    let ended = server.call(Method::GET, &format!("/v1/capsules/{id}"), "").await.json();
    assert_eq!((&ended["status"], &ended["ports_token"]), (&json!("stopped"), &Value::Null));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_address_opens_what_was_signed() {
    let server = Server::start().await;
    let service = Service::start().await;
    let (id, other) = (server.capsule_with(PRIVATE).await, server.capsule_with(PRIVATE).await);
    let signed = sign(&server, &id, json!({"port": service.port, "path": "/a?q=1"})).await;
    let reply = get(&server, &signed, &[("referer", "http://h/?wrenn_signature=v1.s&b=1")]).await;
    assert_eq!((reply.status, &reply.json()["path"]), (200, &json!("/a?q=1")));
    assert_eq!(reply.json()["headers"]["referer"], "http://h/?b=1");

    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let signature = signed.split_once("wrenn_signature=").expect("a signature").1.to_owned();
    let with = |path: &str| format!("{path}?wrenn_signature={signature}");
    assert_eq!(get(&server, &with(&format!("{base}/a/b")), &[]).await.status, 200);
    for path in ["/", "/ab", "/a/../b", "/a/%2e%2e/b"] {
        assert_eq!(get(&server, &with(&format!("{base}{path}")), &[]).await.status, 404, "{path}");
    }
    let elsewhere = [
        with(&format!("/v1/capsules/{id}/ports/1/a")),
        with(&format!("/v1/capsules/{other}/ports/{}/a", service.port)),
        format!("{base}/a?wrenn_signature=x{signature}"),
        format!("{base}/a?wrenn_signature={}", signature.replace("v1.", "v1.9")),
        format!("{base}/a?wrenn_signature="),
    ];
    for path in elsewhere {
        assert_eq!(get(&server, &path, &[]).await.status, 404, "{path}");
    }

    let brief = sign(&server, &id, json!({"port": service.port, "expires_in_sec": 1})).await;
    assert_eq!(get(&server, &brief, &[]).await.status, 200);
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    assert_eq!(get(&server, &brief, &[]).await.status, 404, "expired");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_came_by_a_signed_address_may_stay() {
    let server = Server::start().await;
    let (id, service) = (server.capsule_with(PRIVATE).await, Service::start().await);
    let signed = sign(&server, &id, json!({"port": service.port, "expires_in_sec": 100})).await;
    let base = format!("/v1/capsules/{id}/ports/{}", service.port);
    let reply = get(&server, &signed, &[("x-forwarded-proto", "https")]).await;
    let cookies = reply.headers("set-cookie");
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("wrenn_port=")).expect("a cookie");
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=Lax; Secure") && cookie.contains(&format!("; Path={base}/;")),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    assert_ne!(cookie, "wrenn_port=stolen");
    let reply = get(&server, &format!("{base}/style.css"), &[("cookie", cookie)]).await;
    assert_eq!((reply.status, &reply.json()["headers"]["cookie"]), (200, &Value::Null));
    let neighbour = [("cookie", cookie), ("origin", "http://80-cl-evil.localhost")];
    assert_eq!(server.send(Method::POST, &format!("{base}/x"), &neighbour, "").await.status, 404);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_team_signs_and_only_sense() {
    let server = Server::start().await;
    let stranger = server.another_team().await;
    let id = server.capsule_with(PRIVATE).await;
    let path = format!("/v1/capsules/{id}/signed-urls");
    let reply = stranger.call(Method::POST, &path, r#"{"port":80}"#).await;
    assert_eq!(reply.status, 404);
    reply.assert_error("not_found");
    for body in [
        json!({}),
        json!({"port": 0}),
        json!({"port": 65536}),
        json!({"port": 80, "expires_in_sec": 0}),
        json!({"port": 80, "expires_in_sec": 2_592_001}),
        json!({"port": 80, "path": "a"}),
        json!({"port": 80, "path": "/a b"}),
        json!({"port": 80, "path": "/a/../b"}),
        json!({"port": 80, "path": "/a#b"}),
    ] {
        let reply = server.call(Method::POST, &path, &body.to_string()).await;
        assert_eq!(reply.status, 400, "{body}: {}", reply.text());
        reply.assert_error("invalid_request");
    }
    let by_name =
        server.at("wrenn.example").call(Method::POST, &path, r#"{"port":80,"path":"/a?b"}"#).await.json();
    let url = by_name["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://80-{id}.wrenn.example/a?b&wrenn_signature=v1.")), "{url}");
    server.stop().await;
}
