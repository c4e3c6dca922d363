//! The document keeps to the names that clients were generated from.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&wrenn_server::openapi_json()).expect("the document is JSON")
}

#[test]
fn operations_have_the_names_of_the_contract() {
    let document = document();
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let id = operation["operationId"].as_str().expect("an operation id");
            assert!(
                found.insert(id.to_owned(), format!("{} {path}", method.to_uppercase())).is_none(),
                "{id} twice"
            );
        }
    }
    let contract = [
        ("createCapsule", "POST /v1/capsules"),
        ("listCapsules", "GET /v1/capsules"),
        ("getCapsuleStats", "GET /v1/capsules/stats"),
        ("getCapsuleUsage", "GET /v1/capsules/usage"),
        ("getCapsule", "GET /v1/capsules/{id}"),
        ("destroyCapsule", "DELETE /v1/capsules/{id}"),
        ("execCommand", "POST /v1/capsules/{id}/exec"),
        ("listProcesses", "GET /v1/capsules/{id}/processes"),
        ("killProcess", "DELETE /v1/capsules/{id}/processes/{selector}"),
        ("connectProcess", "GET /v1/capsules/{id}/processes/{selector}/stream"),
        ("pingCapsule", "POST /v1/capsules/{id}/ping"),
        ("getCapsuleMetrics", "GET /v1/capsules/{id}/metrics"),
        ("pauseCapsule", "POST /v1/capsules/{id}/pause"),
        ("resumeCapsule", "POST /v1/capsules/{id}/resume"),
        ("forkCapsule", "POST /v1/capsules/{id}/fork"),
        ("uploadFile", "POST /v1/capsules/{id}/files/write"),
        ("downloadFile", "POST /v1/capsules/{id}/files/read"),
        ("listDir", "POST /v1/capsules/{id}/files/list"),
        ("makeDir", "POST /v1/capsules/{id}/files/mkdir"),
        ("removePath", "POST /v1/capsules/{id}/files/remove"),
        ("execStream", "GET /v1/capsules/{id}/exec/stream"),
        ("ptySession", "GET /v1/capsules/{id}/pty"),
        ("streamUploadFile", "POST /v1/capsules/{id}/files/stream/write"),
        ("streamDownloadFile", "POST /v1/capsules/{id}/files/stream/read"),
        ("createSignedUrl", "POST /v1/capsules/{id}/signed-urls"),
        ("proxyPort", "GET /v1/capsules/{id}/ports/{port}/{path}"),
        ("createSnapshot", "POST /v1/snapshots"),
        ("listSnapshots", "GET /v1/snapshots"),
        ("deleteSnapshot", "DELETE /v1/snapshots/{name}"),
    ];
    for (id, operation) in contract {
        assert_eq!(found.get(id).map(String::as_str), Some(operation), "{id}");
    }
}

#[test]
fn schemas_have_the_names_of_the_contract() {
    let document = document();
    let found: BTreeSet<_> =
        document["components"]["schemas"].as_object().expect("schemas").keys().cloned().collect();
    let contract = "CreateCapsuleRequest UsageResponse CapsuleStats Capsule CreateSnapshotRequest Template ExecRequest \
        BackgroundExecResponse ProcessEntry ProcessListResponse ExecResponse ReadFileRequest ListDirRequest \
        ListDirResponse FileEntry MakeDirRequest MakeDirResponse RemoveRequest CapsuleMetrics MetricPoint Error";
    for name in contract.split_whitespace() {
        assert!(found.contains(name), "{name} is missing");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(reference)) = map.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
                }
                map.values().for_each(|value| check(value, document));
            }
            Value::Array(items) => items.iter().for_each(|value| check(value, document)),
            _ => {}
        }
    }
    let document = document();
    check(&document, &document);
}
