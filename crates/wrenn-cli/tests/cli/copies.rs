use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    os::unix::fs::{PermissionsExt, symlink},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::Query,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::{Value, json};

use crate::mock::{Mock, eventually, outcome, refusal};

/// What a capsule holds: files with their content, directories with none.
type Files = Arc<Mutex<BTreeMap<String, Option<Vec<u8>>>>>;

/// A capsule with this in it, and the commands that are run in it.
fn capsule(files: &[(&str, Option<&str>)]) -> (Mock, Files, Arc<Mutex<Vec<String>>>) {
    let held = files
        .iter()
        .map(|(path, content)| ((*path).to_owned(), content.map(|text| text.as_bytes().to_vec())));
    let held: Files = Arc::new(Mutex::new(held.collect()));
    let runs = Arc::new(Mutex::new(Vec::new()));
    let (write, read, stat, list, mkdir, keep) =
        (held.clone(), held.clone(), held.clone(), held.clone(), held.clone(), runs.clone());
    let write = move |Query(query): Query<BTreeMap<String, String>>, body: Bytes| async move {
        write.lock().expect("unpoisoned").insert(query["path"].clone(), Some(body.to_vec()));
        StatusCode::NO_CONTENT
    };
    let read = move |Json(body): Json<Value>| async move {
        let content = read.lock().expect("unpoisoned").get(path(&body)).cloned().flatten();
        content.map_or_else(missing, IntoResponse::into_response)
    };
    let stat = move |Json(body): Json<Value>| async move {
        let held = stat.lock().expect("unpoisoned");
        match held.get(path(&body)) {
            Some(content) => Json(json!({ "entry": entry(path(&body), content.as_deref()) })).into_response(),
            None => missing(),
        }
    };
    let list = move |Json(body): Json<Value>| async move {
        let held = list.lock().expect("unpoisoned");
        let below =
            |candidate: &str| candidate.rsplit_once('/').is_some_and(|(parent, _)| parent == path(&body));
        let entries: Vec<_> = held
            .iter()
            .filter(|(candidate, _)| below(candidate))
            .map(|(path, content)| entry(path, content.as_deref()))
            .collect();
        Json(json!({ "entries": entries }))
    };
    let mkdir = move |Json(body): Json<Value>| async move {
        mkdir.lock().expect("unpoisoned").insert(path(&body).to_owned(), None);
        Json(json!({ "entry": entry(path(&body), None) }))
    };
    let exec = move |Json(body): Json<Value>| async move {
        let words =
            body["args"].as_array().expect("arguments").iter().map(|word| word.as_str().expect("text"));
        let line =
            [body["cmd"].as_str().expect("a command")].into_iter().chain(words).collect::<Vec<_>>().join(" ");
        keep.lock().expect("unpoisoned").push(line);
        Json(json!({
            "sandbox_id": "box-1", "cmd": "x", "stdout": "../target\u{0}", "stderr": "", "exit_code": 0,
            "duration_ms": 1, "encoding": "utf-8",
        }))
    };
    let router = Router::new()
        .route("/v1/capsules/{id}/files/write", post(write))
        .route("/v1/capsules/{id}/files/read", post(read))
        .route("/v1/capsules/{id}/files/stat", post(stat))
        .route("/v1/capsules/{id}/files/list", post(list))
        .route("/v1/capsules/{id}/files/mkdir", post(mkdir))
        .route("/v1/capsules/{id}/exec", post(exec));
    (Mock::start(router), held, runs)
}

fn path(body: &Value) -> &str {
    body["path"].as_str().expect("a path")
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, Json(refusal("not_found", "There is none."))).into_response()
}

/// A name that ends with `.link` is a link, one with `.sh` can be run.
fn entry(path: &str, content: Option<&[u8]>) -> Value {
    let name = path.rsplit('/').next().unwrap_or_default();
    let kind = match content {
        None => "directory",
        Some(_) if name.ends_with(".link") => "symlink",
        Some(_) => "file",
    };
    let mode = if content.is_none() || name.ends_with(".sh") { 0o755 } else { 0o644 };
    json!({
        "name": name, "path": path, "type": kind, "size": content.map_or(0, <[u8]>::len), "mode": mode,
        "permissions": "-rw-r--r--", "owner": "root", "group": "root", "modified_at": 0,
    })
}

#[test]
fn a_file_goes_where_it_is_said() {
    let (mock, held, _) = capsule(&[("/dir", None)]);
    let dir = tempfile::tempdir().expect("a directory");
    let local = dir.path().join("a.txt");
    fs::write(&local, "content").expect("written");
    for target in ["box-1:/new", "box-1:/dir", "box-1:/other/"] {
        let outcome = outcome(mock.wrenn(&["cp"]).arg(&local).arg(target));
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{target}");
    }
    let held = held.lock().expect("unpoisoned");
    for path in ["/new", "/dir/a.txt", "/other/a.txt"] {
        assert_eq!(held[path].as_deref(), Some(&b"content"[..]), "{path}");
    }
}

#[test]
fn a_directory_goes_with_its_modes_and_links() {
    let (mock, held, runs) = capsule(&[]);
    let dir = tempfile::tempdir().expect("a directory");
    let top = dir.path().join("top");
    fs::create_dir_all(top.join("below")).expect("made");
    fs::write(top.join("plain"), "p").expect("written");
    fs::write(top.join("below/run.sh"), "r").expect("written");
    for (path, mode) in [("plain", 0o644), ("below/run.sh", 0o755), ("below", 0o755), ("", 0o755)] {
        fs::set_permissions(top.join(path), fs::Permissions::from_mode(mode)).expect("set");
    }
    symlink("../plain", top.join("below/link")).expect("linked");
    let outcome = outcome(mock.wrenn(&["cp"]).arg(&top).arg("box-1:/to"));
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    let paths: Vec<_> = held.lock().expect("unpoisoned").keys().cloned().collect();
    assert_eq!(paths, ["/to", "/to/below", "/to/below/run.sh", "/to/plain"]);
    let expected = ["ln -sfn -- ../plain /to/below/link", "chmod 755 -- /to/below/run.sh"];
    assert_eq!(*runs.lock().expect("unpoisoned"), expected);
}

#[test]
fn a_directory_comes_back_the_same() {
    let files = [
        ("/top", None),
        ("/top/a", Some("1")),
        ("/top/b", None),
        ("/top/b/x.sh", Some("2")),
        ("/top/c.link", Some("")),
    ];
    let (mock, _, _) = capsule(&files);
    let dir = tempfile::tempdir().expect("a directory");
    let target = dir.path().join("new");
    let outcome = outcome(mock.wrenn(&["cp", "box-1:/top"]).arg(&target));
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read_to_string(target.join("a")).expect("read"), "1");
    assert_eq!(fs::read_to_string(target.join("b/x.sh")).expect("read"), "2");
    assert_eq!(fs::metadata(target.join("b/x.sh")).expect("there").permissions().mode() & 0o777, 0o755);
    assert_eq!(fs::read_link(target.join("c.link")).expect("a link").to_str(), Some("../target"));
}

#[test]
fn a_hostile_name_does_not_lead_out_of_the_directory() {
    let mut files = BTreeMap::from([("/top", None)]);
    files.insert("/top/..", Some("evil"));
    let files: Vec<_> = files.into_iter().collect();
    let (mock, _, _) = capsule(&files);
    let dir = tempfile::tempdir().expect("a directory");
    let outcome = outcome(mock.wrenn(&["cp", "box-1:/top"]).arg(dir.path().join("new")));
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("impossible name \"..\""), "{}", outcome.stderr);
}

#[test]
fn pipes_work_in_both_directions() {
    let (mock, held, _) = capsule(&[("/out", Some("from inside"))]);
    let mut child = mock.wrenn(&["cp", "-", "box-1:/in"]).stdin(Stdio::piped()).spawn().expect("wrenn runs");
    child.stdin.take().expect("a pipe").write_all(b"from outside").expect("written");
    assert!(child.wait().expect("it ends").success());
    assert_eq!(held.lock().expect("unpoisoned")["/in"].as_deref(), Some(&b"from outside"[..]));
    assert_eq!(outcome(&mut mock.wrenn(&["cp", "box-1:/out", "-"])).stdout, "from inside");
}

#[test]
fn an_interrupted_copy_leaves_nothing_behind() {
    let stat = || async { Json(json!({ "entry": entry("/big", Some(b"")) })) };
    let read = || async {
        let forever = stream::unfold((), async |()| {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::io::Error>("piece"), ()))
        });
        Body::from_stream(forever)
    };
    let router = Router::new()
        .route("/v1/capsules/{id}/files/stat", post(stat))
        .route("/v1/capsules/{id}/files/read", post(read));
    let (mock, dir) = (Mock::start(router), tempfile::tempdir().expect("a directory"));
    let names = || fs::read_dir(dir.path()).expect("listed").count();
    let child = mock.wrenn(&["cp", "box-1:/big"]).arg(dir.path().join("big")).spawn().expect("wrenn runs");
    eventually(|| names() == 1);
    let killed = Command::new("kill").args(["-s", "INT", &child.id().to_string()]).status().expect("kill");
    assert!(killed.success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(names(), 0);
}

#[test]
fn a_missing_source_is_said_to_be_missing() {
    let (mock, _, _) = capsule(&[]);
    let dir = tempfile::tempdir().expect("a directory");
    let inside = outcome(mock.wrenn(&["cp", "box-1:/gone"]).arg(dir.path().join("x")));
    assert_eq!(inside.code, Some(1));
    assert!(
        inside.stderr.starts_with("error: stat \"/gone\" in capsule box-1: There is none."),
        "{}",
        inside.stderr
    );
    let outside = outcome(mock.wrenn(&["cp"]).arg(dir.path().join("gone")).arg("box-1:/x"));
    assert_eq!(outside.code, Some(1));
    assert!(outside.stderr.contains("No such file"), "{}", outside.stderr);
    assert_eq!(fs::read_dir(dir.path()).expect("listed").count(), 0);
}
