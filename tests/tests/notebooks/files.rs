//! `wrenn notebook`: files of cells.

use std::{path::Path, process::Output};

use serde_json::{Value, json};
use wrenn_tests::TestServer;

use crate::{build, interpreter};

fn code(source: &str) -> Value {
    json!({ "cell_type": "code", "id": format!("c{}", source.len()), "metadata": {}, "source": source,
        "outputs": [], "execution_count": null })
}

fn write(path: &Path, cells: &[Value]) {
    let notebook = json!({
        "nbformat": 4, "nbformat_minor": 5, "cells": cells,
        "metadata": { "kernelspec": { "name": "python3", "display_name": "Python 3" }, "own": { "kept": 1.5 } },
    });
    std::fs::write(path, notebook.to_string()).unwrap();
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn wrenn(server: &TestServer, args: &[&str]) -> Output {
    server.cli().arg("notebook").args(args).output().unwrap()
}

#[tokio::test]
async fn a_notebooks_cells_are_run_and_what_comes_of_them_is_written_back() {
    let server = TestServer::start().await;
    build(&server);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.ipynb");
    let file = path.to_str().unwrap();
    let text = json!({ "cell_type": "markdown", "id": "m", "metadata": {}, "source": ["# Title\n", "text"] });
    write(
        &path,
        &[
            text.clone(),
            code("x = 20\nprint('one')\nprint('two')"),
            code("x + 1"),
            code("import matplotlib.pyplot as plt\nplt.plot([1, 4]); plt.show()"),
            code("handle = display('old', display_id=True)"),
            code("handle.update('new')"),
        ],
    );
    let ran = wrenn(&server, &[file]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let done = read(&path);
    assert_eq!(done["metadata"]["own"], json!({ "kept": 1.5 }));
    assert_eq!(done["cells"][0], text);
    let cell = |index: usize| &done["cells"][index];
    assert_eq!(
        cell(1)["outputs"],
        json!([{ "output_type": "stream", "name": "stdout", "text": ["one\n", "two\n"] }])
    );
    assert_eq!((&cell(1)["execution_count"], &cell(2)["execution_count"]), (&json!(1), &json!(2)));
    assert_eq!(cell(2)["outputs"][0]["data"]["text/plain"], json!(["21"]));
    assert_eq!(cell(2)["outputs"][0]["output_type"], "execute_result");
    assert!(cell(3)["outputs"][0]["data"]["image/png"].as_str().unwrap().starts_with("iVBOR"));
    assert_eq!(cell(4)["outputs"][0]["data"]["text/plain"], json!(["'new'"]));
    assert!(server.client().capsules().list().await.unwrap().is_empty(), "its capsule is gone");

    // Jupyter's own library has nothing against it.
    let capsule = server.client().create_capsule("jupyter").await.unwrap();
    capsule.files().write("/tmp/report.ipynb", std::fs::read(&path).unwrap()).await.unwrap();
    let check = "import nbformat; nbformat.validate(nbformat.read('/tmp/report.ipynb', 4))";
    let checked = capsule.commands().exec("python3").args(["-W", "error", "-c", check]).await.unwrap();
    assert!(checked.success(), "{checked:?}");
    server.assert_clean().await;
}

#[tokio::test]
async fn it_stops_at_the_first_failing_cell_and_keeps_what_there_is() {
    let (server, interpreter) = interpreter().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("fails.ipynb");
    let file = path.to_str().unwrap();
    let mut may_fail = code("1/0 # it may");
    may_fail["metadata"]["tags"] = json!(["raises-exception"]);
    write(&path, &[may_fail, code("print('before')"), code("1/0"), code("print('after it')")]);
    let original = std::fs::read(&path).unwrap();
    let out = dir.path().join("out.ipynb");
    let id = interpreter.capsule().id();
    let target = out.to_str().unwrap();
    let ran = wrenn(&server, &[file, "-o", target, "--capsule", id, "--json"]);
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("code cell 3 failed: ZeroDivisionError: division by zero"), "{said}");
    let report: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!((&report["ok"], &report["failed_cell"]), (&json!(false), &json!(3)));
    let done = read(&out);
    assert_eq!(done["cells"][0]["outputs"][0]["ename"], "ZeroDivisionError");
    assert_eq!(done["cells"][1]["outputs"][0]["text"], json!(["before\n"]));
    assert_eq!(done["cells"][2]["outputs"][0]["output_type"], "error");
    assert_eq!(done["cells"][3]["outputs"], json!([]));
    assert_eq!(std::fs::read(&path).unwrap(), original, "the notebook itself is left alone");

    let ran = wrenn(&server, &[file, "-o", "-", "--capsule", id, "--allow-errors"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let done: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(done["cells"][3]["outputs"][0]["text"], json!(["after it\n"]));

    write(&path, &[code("while True: pass")]);
    let ran = wrenn(&server, &[file, "--capsule", id, "--timeout", "1"]);
    assert_eq!(ran.status.code(), Some(1));
    assert_eq!(read(&path)["cells"][0]["outputs"][0]["ename"], "KeyboardInterrupt");
    // Each run has had a kernel of its own, which is gone.
    let names: Vec<_> = interpreter.notebooks().await.unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["default"]);

    std::fs::write(&path, "{}").unwrap();
    let ran = wrenn(&server, &[file]);
    assert_eq!(ran.status.code(), Some(2), "{}", String::from_utf8_lossy(&ran.stderr));
    server.assert_clean().await;
}
