//! Nobody gets anywhere without a valid key: every operation of the document is tried.

use http::Method;
use serde_json::Value;

use crate::harness::{Server, operations};

/// What anybody may call, and why.
const PUBLIC: [(&str, &str); 1] = [(
    "/v1/capsules/{id}/ports/{port}/{path}",
    "whoever knows the address of a public port may come; private ones are in `ports/access.rs`",
)];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_public_is_declared_so_and_tells_nothing() {
    let server = Server::start().await;
    let document: Value = serde_json::from_str(&wrenn_server::openapi_json()).expect("JSON");
    let mut declared = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let open =
            item.as_object().expect("operations").values().any(|operation| !operation["security"].is_null());
        declared.extend(open.then_some(path.as_str()).filter(|path| path.starts_with("/v1/")));
    }
    assert_eq!(declared, PUBLIC.map(|(path, _)| path));
    let reply = server.send(Method::GET, "/v1/capsules/cl-1/ports/80/x", &[], "").await;
    assert_eq!(reply.status, 404);
    reply.assert_error("not_found");
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_refuses_every_bad_credential() {
    let server = Server::start().await;
    let bad: [&[(&str, &str)]; 7] = [
        &[],
        &[("x-api-key", "")],
        &[("x-api-key", "wrn_00000000000000000000000000000000")],
        &[("x-api-key", "nonsense")],
        &[("authorization", "Bearer wrn_00000000000000000000000000000000")],
        &[("authorization", "Basic dXNlcjo=")],
        &[("x-api-key", ""), ("authorization", "Bearer KEY")],
    ];
    let operations = operations();
    assert!(operations.len() >= 29, "the document lists {} operations", operations.len());
    for (method, path) in operations {
        let path = path.replace("{id}", "cl-1").replace("{selector}", "1").replace("{name}", "x");
        for prefix in ["", "/api"] {
            for headers in bad {
                let real = format!("Bearer {}", server.key);
                let headers: Vec<_> = headers
                    .iter()
                    .map(|&(name, value)| (name, if value == "Bearer KEY" { &real } else { value }))
                    .collect();
                let reply = server.send(method.clone(), &format!("{prefix}{path}"), &headers, "{}").await;
                assert_eq!(reply.status, 401, "{method} {prefix}{path} with {headers:?}: {}", reply.text());
                reply.assert_error("unauthorized");
            }
        }
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_valid_key_is_accepted_in_either_header() {
    let server = Server::start().await;
    let bearer = format!("Bearer {}", server.key);
    for header in [("x-api-key", server.key.as_str()), ("authorization", bearer.as_str())] {
        for path in ["/v1/capsules", "/api/v1/capsules"] {
            let reply = server.send(Method::GET, path, &[header], "").await;
            assert_eq!((reply.status, reply.json()), (200, Value::Array(Vec::new())), "{path}");
        }
    }
    server.stop().await;
}
