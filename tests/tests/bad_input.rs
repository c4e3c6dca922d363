//! What a server must refuse: each with the contract's status, its code and a sentence, and never a 500.

use serde_json::{Value, json};
use wrenn_tests::{TestServer, http_client};

/// Fails unless the answer is a refusal with this status and code and with a sentence.
fn assert_refused(what: &str, (status, body): (u16, Value), expected: (u16, &str)) {
    let code = body["error"]["code"].as_str().unwrap_or_default();
    assert_eq!((status, code), expected, "{what}: {body}");
    let message = body["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains(' ') && message.len() > 10, "{what}: no sentence: {body}");
    let internals = ["src/", ".rs", "sqlx", "SQL", "panicked", "Os {", "/var/lib", "/tmp/wrenn"];
    assert!(!internals.iter().any(|word| message.contains(word)), "{what}: internals leak: {message}");
}

#[tokio::test]
async fn creations_with_bad_values() {
    let server = TestServer::start().await;
    for (body, expected) in [
        (json!({ "template": "no-such-template" }), (404, "not_found")),
        (json!({ "template": "../../etc" }), (400, "invalid_request")),
        (json!({ "template": "" }), (400, "invalid_request")),
        (json!({ "template": 7 }), (400, "invalid_request")),
        (json!({ "vcpus": "two" }), (400, "invalid_request")),
        (json!({ "vcpus": 0 }), (400, "invalid_request")),
        (json!({ "vcpus": -1 }), (400, "invalid_request")),
        (json!({ "vcpus": 1_000_000 }), (400, "invalid_request")),
        (json!({ "memory_mb": 1 }), (400, "invalid_request")),
        (json!({ "memory_mb": 99_999_999_999_u64 }), (400, "invalid_request")),
        (json!({ "timeout_sec": -5 }), (400, "invalid_request")),
        (json!({ "envs": { "A=B": "x" } }), (400, "invalid_request")),
        (json!({ "envs": { "A": "nul\0" } }), (400, "invalid_request")),
        (json!({ "envs": ["A"] }), (400, "invalid_request")),
        (json!([1, 2]), (400, "invalid_request")),
    ] {
        let answer = server.call("POST", "/capsules", Some(body.clone())).await;
        assert_refused(&body.to_string(), answer, expected);
    }
    let (_, listed) = server.call("GET", "/capsules", None).await;
    assert_eq!(listed, json!([]), "a refused creation leaves no capsule");
}

#[tokio::test]
async fn ids_keys_methods_and_routes_that_are_wrong() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let id = capsule.id();
    let missing = "cl-0000000000000000000000000";
    for suffix in ["", "/metrics", "/processes"] {
        let answer = server.call("GET", &format!("/capsules/{missing}{suffix}"), None).await;
        assert_refused(&format!("a missing capsule{suffix}"), answer, (404, "not_found"));
    }
    assert_refused("a short id", server.call("GET", "/capsules/missing", None).await, (404, "not_found"));
    assert_refused(
        "an odd id",
        server.call("GET", "/capsules/a%20b%2Fc", None).await,
        (400, "invalid_request"),
    );
    let long = format!("/capsules/{}", "x".repeat(5000));
    assert_refused("a long id", server.call("GET", &long, None).await, (400, "invalid_request"));
    assert_refused("no route", server.call("GET", "/capsule", None).await, (404, "not_found"));
    let (status, body) = server.call("PUT", &format!("/capsules/{id}"), None).await;
    assert_eq!(status, 405, "{body}");
    assert_eq!(body["error"]["code"], "invalid_request");

    for key in ["", "wrn_", "wrn_00000000000000000000000000000000", "no key at all"] {
        let answer = server.call_with_key(key, "GET", &format!("/capsules/{id}"), None).await;
        assert_refused(&format!("the key {key:?}"), answer, (401, "unauthorized"));
    }
    for query in ["?range=5y", "?range="] {
        let answer = server.call("GET", &format!("/capsules/{id}/metrics{query}"), None).await;
        assert_refused(query, answer, (400, "invalid_request"));
    }
    for query in ["?status=asleep", "?limit=x", "?limit=0", "?cursor=%00"] {
        assert_refused(
            query,
            server.call("GET", &format!("/capsules{query}"), None).await,
            (400, "invalid_request"),
        );
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn commands_that_cannot_be() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let route = format!("/capsules/{}/exec", capsule.id());
    for body in [
        json!({ "cmd": "" }),
        json!({}),
        json!({ "cmd": 1 }),
        json!({ "cmd": "echo\0" }),
        json!({ "cmd": "echo", "args": ["a\0b"] }),
        json!({ "cmd": "echo", "args": "no list" }),
        json!({ "cmd": "echo", "timeout_sec": -1 }),
        json!({ "cmd": "echo", "cwd": "/no/such/directory" }),
        json!({ "cmd": "echo", "cwd": "/etc/passwd" }),
        json!({ "cmd": "echo", "user": "nobody-of-that-name" }),
        json!({ "cmd": "echo", "envs": { "A=B": "x" } }),
    ] {
        assert_refused(
            &body.to_string(),
            server.call("POST", &route, Some(body.clone())).await,
            (400, "invalid_request"),
        );
    }
    let request = |content_type: &str, body: &str| {
        let url = format!("{}/v1{route}", server.base_url);
        http_client()
            .post(url)
            .header("X-API-Key", &server.api_key)
            .header("Content-Type", content_type)
            .body(body.to_owned())
            .send()
    };
    for (content_type, body) in [
        ("application/json", "{"),
        ("application/json", ""),
        ("text/plain", r#"{"cmd":"echo"}"#),
        ("application/json", "\u{0}"),
    ] {
        let answer = request(content_type, body).await.unwrap();
        let status = answer.status().as_u16();
        assert_refused(body, (status, answer.json().await.unwrap()), (400, "invalid_request"));
    }
    let answer = request("application/json", &"[".repeat(1 << 20)).await.unwrap();
    assert!(matches!(answer.status().as_u16(), 400 | 413), "{}", answer.status());
    let large = json!({ "cmd": "echo", "args": ["x".repeat(40 << 20)] });
    assert_refused("a huge body", server.call("POST", &route, Some(large)).await, (413, "too_large"));
    let processes = format!("/capsules/{}/processes", capsule.id());
    for (selector, expected) in [
        ("/no-such-tag", (404, "not_found")),
        ("/999999", (404, "not_found")),
        ("/1?signal=SIGHUP", (400, "invalid_request")),
    ] {
        let answer = server.call("DELETE", &format!("{processes}{selector}"), None).await;
        assert_refused(selector, answer, expected);
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn paths_that_cannot_be() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    let files = |verb: &str| format!("/capsules/{}/files/{verb}", capsule.id());
    let long = format!("/{}", "x".repeat(5000));
    for verb in ["read", "list", "mkdir", "remove", "stat"] {
        for path in ["", "/nul\0byte", long.as_str()] {
            let answer = server.call("POST", &files(verb), Some(json!({ "path": path }))).await;
            assert_refused(&format!("{verb} {path:.20?}"), answer, (400, "invalid_request"));
        }
    }
    let call = async |verb: &str, body: Value| server.call("POST", &files(verb), Some(body)).await;
    assert_refused(
        "read a directory",
        call("read", json!({ "path": "/etc" })).await,
        (400, "invalid_request"),
    );
    assert_refused(
        "list a file",
        call("list", json!({ "path": "/etc/passwd" })).await,
        (400, "invalid_request"),
    );
    assert_refused("read nothing", call("read", json!({ "path": "/no/such" })).await, (404, "not_found"));
    assert_refused("list nothing", call("list", json!({ "path": "/no/such" })).await, (404, "not_found"));
    assert_refused("remove nothing", call("remove", json!({ "path": "/no/such" })).await, (404, "not_found"));
    assert_refused(
        "a file in the way",
        call("mkdir", json!({ "path": "/etc/passwd" })).await,
        (409, "conflict"),
    );
    // However many steps up, one stays inside.
    let up = "/..".repeat(64) + "/etc/hostname";
    let (status, _) = call("read", json!({ "path": up })).await;
    let inside = capsule.commands().exec("cat").arg(&up).await.unwrap();
    assert_eq!((status == 200, inside.success()), (inside.success(), status == 200));

    // A device never ends and a pipe never answers; neither may take the server along.
    assert!(capsule.commands().exec("mkfifo").arg("/tmp/pipe").await.unwrap().success());
    for special in ["/tmp/pipe", "/dev/zero"] {
        let answer = call("read", json!({ "path": special })).await;
        assert_refused(special, answer, (400, "invalid_request"));
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn snapshots_with_bad_names() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    for name in ["minimal", "base-python", "node", "jupyter", "code-runner-beta"] {
        let body = json!({ "sandbox_id": capsule.id(), "name": name });
        let (status, answer) = server.call("POST", "/snapshots", Some(body)).await;
        assert!(matches!(status, 400 | 409), "{name} is reserved: {status} {answer}");
    }
    for name in ["", "../up", "a/b", "UPPER case", &"x".repeat(300)] {
        let body = json!({ "sandbox_id": capsule.id(), "name": name });
        assert_refused(name, server.call("POST", "/snapshots", Some(body)).await, (400, "invalid_request"));
    }
    let body = json!({ "sandbox_id": "cl-0000000000000000000000000" });
    assert_refused("no capsule", server.call("POST", "/snapshots", Some(body)).await, (404, "not_found"));
    assert_refused("no snapshot", server.call("DELETE", "/snapshots/none", None).await, (404, "not_found"));
    assert_refused("a type", server.call("GET", "/snapshots?type=odd", None).await, (400, "invalid_request"));
    server.assert_clean().await;
}
