use std::{io::Read, process::Stdio};

use axum::{
    Json, Router,
    http::StatusCode,
    routing::{delete, get},
};
use serde_json::{Value, json};

use crate::mock::{Mock, capsule, outcome, refusal};

fn capsules() -> Mock {
    let list = || async { Json(json!([capsule("cl-aaa111"), capsule("cl-aaa222"), capsule("cl-bbb333")])) };
    let gone = || async { (StatusCode::NOT_FOUND, Json(refusal("not_found", "There is no capsule."))) };
    let router = Router::new().route("/v1/capsules", get(list)).route(
        "/v1/capsules/{id}",
        get(|axum::extract::Path(id): axum::extract::Path<String>| async move { Json(capsule(&id)) })
            .delete(gone),
    );
    Mock::start(router.route("/v1/snapshots/{name}", delete(|| async { StatusCode::NO_CONTENT })))
}

#[test]
fn json_is_all_that_a_program_gets() {
    let mock = capsules();
    for args in [&["list", "--json"][..], &["--json", "capsule", "ls"], &["info", "cl-bbb333", "--json"]] {
        let outcome = outcome(&mut mock.wrenn(args));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{args:?}");
        serde_json::from_str::<Value>(&outcome.stdout).expect("JSON");
    }
}

#[test]
fn people_get_columns_and_lines() {
    let mock = capsules();
    let list = outcome(&mut mock.wrenn(&["list"])).stdout;
    let first = list.lines().next().expect("headings").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(first, "CAPSULE STATUS TEMPLATE VCPUS MEMORY MIB CREATED METADATA");
    assert_eq!(list.lines().count(), 4);
    assert_eq!(outcome(&mut mock.wrenn(&["list", "--quiet"])).stdout, "cl-aaa111\ncl-aaa222\ncl-bbb333\n");
    let info = outcome(&mut mock.wrenn(&["info", "cl-bbb"])).stdout;
    assert!(info.starts_with("capsule     cl-bbb333\nstatus      running\n"), "{info}");
}

#[test]
fn the_beginning_of_an_id_is_enough_when_it_is_clear() {
    let mock = capsules();
    let outcome = outcome(&mut mock.wrenn(&["info", "cl-aaa"]));
    assert_eq!(outcome.code, Some(2));
    assert_eq!(
        outcome.stderr,
        "error: several capsules have ids that begin with cl-aaa: cl-aaa111, cl-aaa222…\nhint: give more of the id\n"
    );
}

#[test]
fn a_refusal_is_shown_with_its_code() {
    let mock = capsules();
    let outcome = outcome(&mut mock.wrenn(&["capsule", "rm", "cl-zzz"]));
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    insta::assert_snapshot!(outcome.stderr, @r"
    error: destroy capsule cl-zzz: There is no capsule. (404 not_found)
    hint: `wrenn capsule list` shows what there is
    ");
}

#[test]
fn what_succeeds_silently_is_silent() {
    let mock = capsules();
    let outcome = outcome(&mut mock.wrenn(&["snapshot", "delete", "a", "b/c"]));
    assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(0), "", ""));
    assert_eq!(mock.calls(), ["DELETE /v1/snapshots/a", "DELETE /v1/snapshots/b%2Fc"]);
}

#[test]
fn a_reader_that_leaves_is_not_complained_about() {
    let many: Vec<_> = (0..5_000).map(|i| capsule(&format!("cl-{i}"))).collect();
    let mock = Mock::start(Router::new().route("/v1/capsules", get(move || async move { Json(many) })));
    let mut child = mock.wrenn(&["list"]).stdout(Stdio::piped()).spawn().expect("wrenn runs");
    let mut stdout = child.stdout.take().expect("a pipe");
    stdout.read_exact(&mut [0; 10]).expect("a beginning");
    drop(stdout);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(141), ""));
}

#[test]
fn nothing_is_coloured_in_a_pipe() {
    let mock = capsules();
    for args in [&["list"][..], &["info", "cl-zz/"], &["--help"], &["nonsense"]] {
        let outcome = outcome(&mut mock.wrenn(args));
        assert!(!format!("{}{}", outcome.stdout, outcome.stderr).contains('\u{1b}'), "{args:?}");
    }
}
