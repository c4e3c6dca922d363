//! What cells share, and what outlasts what.

use std::time::Duration;

use wrenn_tests::{eventually, within};

use crate::interpreter;

#[tokio::test]
async fn cells_share_variables_and_an_exception_ends_only_its_cell() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let set = notebook.exec_cell("x = 42").await.unwrap();
    assert_eq!((set.exit_code, set.execution_count, set.text()), (0, Some(1), None));
    let used = notebook.exec_cell("print('used')\nx * 2").await.unwrap();
    assert_eq!((used.text(), used.stdout.as_str(), used.execution_count), (Some("84"), "used\n", Some(2)));

    let failed = notebook.exec_cell("def divide():\n    return 1/0\ndivide()").await.unwrap();
    let error = failed.error.as_ref().expect("an exception");
    assert_eq!((failed.exit_code, error.name.as_str()), (1, "ZeroDivisionError"));
    assert_eq!(error.value, "division by zero");
    let traceback = error.plain_traceback();
    assert!(traceback.contains("divide()") && traceback.contains("return 1/0"), "{traceback}");
    assert_eq!(notebook.exec_cell("x").await.unwrap().text(), Some("42"));

    let asked = notebook.exec_cell("input('name? ')").await.unwrap();
    assert_eq!(asked.error.expect("nobody can answer").name, "StdinNotImplementedError");
    assert_eq!(notebook.exec_cell("import sys; sys.exit(3)").await.unwrap().exit_code, 3);
    let broken = notebook.exec_cell("1 +").await.unwrap();
    assert_eq!(broken.error.expect("it is no Python").name, "SyntaxError");
    assert_eq!(notebook.exec_cell("x").await.unwrap().text(), Some("42"));
    server.assert_clean().await;
}

#[tokio::test]
async fn a_kernel_lives_on_through_a_pause_and_after_it() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    notebook.exec_cell("import os; x = 1; pid = os.getpid()").await.unwrap();
    interpreter.capsule().pause().await.unwrap();
    let refused = notebook.exec_cell("x").await.unwrap_err();
    assert_eq!(refused.status_code(), Some(409), "{refused}");
    interpreter.capsule().resume().await.unwrap();
    let same = notebook.exec_cell("(x, pid == os.getpid())").await.unwrap();
    assert_eq!(same.text(), Some("(1, True)"));
    server.assert_clean().await;
}

#[tokio::test]
async fn a_killed_server_loses_no_kernel() {
    let (mut server, interpreter) = interpreter().await;
    interpreter.notebook().exec_cell("x = 'kept'").await.unwrap();
    interpreter.create_notebook("other").exec_cell("x = 'other'").await.unwrap();
    // A cell that nobody will hear of.
    let endless = interpreter.notebook();
    let lost = tokio::spawn(async move { endless.exec_cell("while True: pass").await });
    eventually("the cell runs", || async {
        let notebooks = interpreter.notebooks().await.unwrap();
        notebooks.iter().any(|notebook| notebook.name == "default" && notebook.state == "busy").then_some(())
    })
    .await;
    server.kill();
    assert!(within("the call's end", lost).await.unwrap().is_err());
    server.restart().await;

    let interpreter = wrenn::CodeInterpreter::new(server.client().capsule(interpreter.capsule().id()));
    assert!(interpreter.capsule().info().await.unwrap().ready);
    let names: Vec<_> =
        interpreter.notebooks().await.unwrap().into_iter().map(|notebook| notebook.name).collect();
    assert_eq!(names, ["default", "other"]);
    let other = interpreter.create_notebook("other").exec_cell("x").await.unwrap();
    assert_eq!(other.text(), Some("'other'"));
    // It is still in the way of the next cell, which ends at its limit; then the kernel is free.
    let waits = interpreter.notebook().exec_cell("x").timeout(Duration::from_secs(1)).await.unwrap();
    assert!(waits.timed_out, "{waits:?}");
    let free = interpreter.notebook().exec_cell("x").await.unwrap();
    assert_eq!(free.text(), Some("'kept'"));
    server.assert_clean().await;
}
