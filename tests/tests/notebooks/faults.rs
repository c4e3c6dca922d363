//! Cells that do not end, kernels that do, and what is told of it.

use std::time::{Duration, Instant};

use wrenn::Error;
use wrenn_tests::eventually;

use crate::interpreter;

#[tokio::test]
async fn an_endless_cell_ends_at_its_limit_and_leaves_the_kernel_usable() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    notebook.exec_cell("x = 7").await.unwrap();
    let code = "print('begun', flush=True)\nwhile True: pass";
    let ended = notebook.exec_cell(code).timeout(Duration::from_secs(1)).await.unwrap();
    assert!(ended.timed_out && ended.exit_code == -1 && ended.duration_ms >= 1_000, "{ended:?}");
    assert_eq!(ended.stdout, "begun\n");
    assert_eq!(ended.error.expect("how it was ended").name, "KeyboardInterrupt");
    assert_eq!(notebook.exec_cell("x").await.unwrap().text(), Some("7"));

    // One that will not be interrupted loses its kernel.
    let code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass";
    let ended = notebook.exec_cell(code).timeout(Duration::from_secs(1)).await.unwrap();
    assert!(ended.timed_out, "{ended:?}");
    assert_eq!(ended.error.expect("what became of it").name, "KernelRestarted");
    let next = notebook.exec_cell("x").await.unwrap();
    assert_eq!(next.error.expect("the variables are gone").name, "NameError");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_kernel_that_dies_says_so_and_the_next_cell_has_a_fresh_one() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    notebook.exec_cell("x = 1").await.unwrap();
    let started = Instant::now();
    let dead = notebook.exec_cell("import os; os._exit(9)").await.unwrap();
    let error = dead.error.expect("what happened");
    assert_eq!((dead.exit_code, error.name.as_str(), dead.timed_out), (1, "KernelDied", false));
    assert!(error.value.contains("variables are lost"), "{}", error.value);
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    let fresh = notebook.exec_cell("x").await.unwrap();
    assert_eq!(
        (fresh.error.expect("a fresh kernel").name.as_str(), fresh.execution_count),
        ("NameError", Some(1))
    );

    // More memory than the capsule has.
    let hungry = notebook.exec_cell("hog = bytearray(2 << 30); hog[::4096] = b'1' * len(hog[::4096])").await;
    let error = hungry.unwrap().error.expect("no memory");
    assert!(["KernelDied", "MemoryError"].contains(&error.name.as_str()), "{error:?}");
    assert_eq!(notebook.exec_cell("1 + 1").await.unwrap().text(), Some("2"));

    // It dies between two cells.
    notebook.exec_cell("import os, threading; threading.Timer(0.2, os._exit, [1]).start()").await.unwrap();
    eventually("a fresh kernel", || async {
        let looked = notebook.exec_cell("'threading' in globals()").await.ok()?;
        (looked.text() == Some("False")).then_some(())
    })
    .await;
    server.assert_clean().await;
}

#[tokio::test]
async fn a_jupyter_server_that_is_killed_comes_back() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    notebook.exec_cell("x = 1").await.unwrap();
    let killed =
        interpreter.capsule().commands().exec("pkill").args(["-9", "-f", "server.py"]).await.unwrap();
    assert!(killed.success(), "{killed:?}");
    // The connection's loss may be noticed by the next cell only.
    let result = match notebook.exec_cell("'x' in globals()").await {
        Ok(result) => result,
        Err(_) => notebook.exec_cell("'x' in globals()").await.unwrap(),
    };
    assert_eq!(result.text(), Some("False"));
    server.assert_clean().await;
}

#[tokio::test]
async fn a_cell_ends_with_its_capsule() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let cell = tokio::spawn(async move {
        notebook.exec_cell("import time; time.sleep(1000)").timeout(Duration::ZERO).await
    });
    eventually("the cell runs", || async {
        let notebooks = interpreter.notebooks().await.unwrap();
        notebooks.iter().any(|notebook| notebook.state == "busy").then_some(())
    })
    .await;
    interpreter.destroy().await.unwrap();
    let ended = cell.await.unwrap().unwrap_err();
    assert!(matches!(ended, Error::Conflict(_)), "{ended}");
    server.assert_clean().await;
}

#[tokio::test]
async fn a_reader_that_does_not_read_holds_up_neither_limit_nor_orders() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let code = "import time\nwhile True:\n    print('x' * (1 << 20))\n    time.sleep(0.02)";
    let idle = async || {
        eventually("the cell has ended", || async {
            let notebooks = interpreter.notebooks().await.unwrap();
            notebooks.iter().any(|notebook| notebook.state == "idle").then_some(())
        })
        .await;
    };
    // Nobody reads what comes of them.
    let limited = notebook.exec_cell(code).timeout(Duration::from_secs(5)).stream().await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    idle().await;
    drop(limited);
    assert_eq!(notebook.exec_cell("1 + 1").await.unwrap().text(), Some("2"));
    let endless = notebook.exec_cell(code).timeout(Duration::ZERO).stream().await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    let started = Instant::now();
    notebook.restart().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    drop(endless);
    assert_eq!(notebook.exec_cell("1 + 1").await.unwrap().execution_count, Some(1));
    server.assert_clean().await;
}
