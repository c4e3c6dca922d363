use std::fs;

use axum::{Json, Router, http::HeaderMap, routing::get};
use serde_json::json;

use crate::mock::{Mock, outcome, wrenn};

/// A server that lets only this key in.
fn server(key: &'static str) -> Mock {
    let list = move |headers: HeaderMap| async move {
        assert_eq!(headers["x-api-key"], key);
        Json(json!([]))
    };
    Mock::start(Router::new().route("/v1/capsules", get(list)))
}

fn bootstrap(dir: &std::path::Path, url: &str) {
    fs::write(dir.join("bootstrap.json"), json!({ "base_url": url, "api_key": "wrn_local" }).to_string())
        .expect("written");
}

#[test]
fn a_server_of_this_machine_is_found_by_itself() {
    let (mock, dir) = (server("wrn_local"), tempfile::tempdir().expect("a directory"));
    bootstrap(dir.path(), &mock.url);
    for by_flag in [true, false] {
        let mut command = wrenn();
        if by_flag {
            command.arg("--data-dir").arg(dir.path());
        } else {
            command.env("WRENN_DATA_DIR", dir.path());
        }
        assert_eq!(outcome(command.args(["list", "--json"])).stdout, "[]\n");
    }
}

#[test]
fn the_environment_comes_first() {
    let (mock, dir) = (server("wrn_test"), tempfile::tempdir().expect("a directory"));
    bootstrap(dir.path(), "http://127.0.0.1:1");
    let outcome = outcome(mock.wrenn(&["list", "--json"]).env("WRENN_DATA_DIR", dir.path()));
    assert_eq!(outcome.stdout, "[]\n", "{}", outcome.stderr);
}

#[test]
fn a_local_key_is_not_sent_elsewhere() {
    let (mock, dir) = (server("none"), tempfile::tempdir().expect("a directory"));
    bootstrap(dir.path(), "http://127.0.0.1:1");
    let outcome =
        outcome(wrenn().arg("list").env("WRENN_DATA_DIR", dir.path()).env("WRENN_BASE_URL", &mock.url));
    assert_eq!(outcome.code, Some(2));
    assert!(
        outcome.stderr.ends_with("hint: set WRENN_API_KEY to a key of that server\n"),
        "{}",
        outcome.stderr
    );
    assert!(mock.calls().is_empty());
}

#[test]
fn who_has_no_server_is_told_how_to_get_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let outcome = outcome(wrenn().arg("list").arg("--data-dir").arg(dir.path()));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    let text = outcome.stderr.replace(&dir.path().display().to_string(), "DIR");
    insta::assert_snapshot!(text, @r"
    error: no server was ever started here: there is no DIR/bootstrap.json
    hint: `sudo wrenn serve` starts one; one with its data elsewhere is found by --data-dir
    hint: for a server elsewhere set WRENN_BASE_URL and WRENN_API_KEY
    ");
}

#[test]
fn a_server_that_is_gone_is_said_to_be_gone() {
    let outcome = outcome(
        wrenn().args(["info", "cl-1"]).env("WRENN_API_KEY", "k").env("WRENN_BASE_URL", "http://127.0.0.1:1"),
    );
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    assert!(outcome.stderr.contains("the connection to http://127.0.0.1:1 failed"), "{}", outcome.stderr);
    assert!(outcome.stderr.contains("hint: is the server running?"), "{}", outcome.stderr);
}
