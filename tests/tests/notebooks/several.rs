//! Several cells, and several notebooks.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::task::JoinHandle;
use wrenn::{CellEvent, CellStream, Error};

use crate::interpreter;

#[tokio::test]
async fn cells_of_one_notebook_wait_for_each_other_and_notebooks_do_not() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    notebook.exec_cell("seen = []").await.unwrap();
    let cells = (0..20).map(|i| {
        let cell = notebook.exec_cell(format!("seen.append({i}); {i}"));
        async move { cell.await.unwrap().text().map(str::to_owned) }
    });
    let texts = join_all(cells).await;
    assert_eq!(texts, (0..20).map(|i| Some(i.to_string())).collect::<Vec<_>>());
    assert_eq!(notebook.exec_cell("sorted(seen) == list(range(20))").await.unwrap().text(), Some("True"));

    // Each waits for a file that the other makes, which would never end one after the other.
    let meet = |own: &str, other: &str| {
        format!(
            "import os, time; open('/tmp/{own}', 'w').close()\nwhile not os.path.exists('/tmp/{other}'): time.sleep(0.01)"
        )
    };
    let (left, right) = (interpreter.create_notebook("left"), interpreter.create_notebook("right"));
    let both = join_all([
        left.exec_cell(meet("a", "b")).into_future(),
        right.exec_cell(meet("b", "a")).into_future(),
    ])
    .await;
    assert!(both.iter().all(|result| result.as_ref().unwrap().exit_code == 0), "{both:?}");
    let apart = left.exec_cell("'seen' in globals()").await.unwrap();
    assert_eq!(apart.text(), Some("False"));

    let names = async || -> Vec<String> {
        interpreter.notebooks().await.unwrap().into_iter().map(|notebook| notebook.name).collect()
    };
    assert_eq!(names().await, ["default", "left", "right"]);
    right.delete().await.unwrap();
    assert_eq!(names().await, ["default", "left"]);
    assert!(matches!(right.interrupt().await, Err(Error::NotFound(_))));
    server.assert_clean().await;
}

#[tokio::test]
async fn a_notebook_can_be_interrupted_restarted_and_deleted_while_it_runs() {
    let (server, interpreter) = interpreter().await;
    let notebook = interpreter.notebook();
    let endless = async || {
        let notebook = notebook.clone();
        let code = "x = 1\nprint('begun')\nwhile True: pass";
        let mut events = notebook.exec_cell(code).timeout(Duration::ZERO).stream().await.unwrap();
        // The kernel says that it begins before it does, and an interrupt in between leads nowhere.
        while !matches!(events.next().await.unwrap().unwrap(), CellEvent::Stdout(_)) {}
        events
    };
    let cell = exception(endless().await);
    notebook.interrupt().await.unwrap();
    assert_eq!(cell.await.unwrap().as_deref(), Some("KeyboardInterrupt"));
    assert_eq!(notebook.exec_cell("x").await.unwrap().text(), Some("1"));

    let cell = exception(endless().await);
    notebook.restart().await.unwrap();
    assert_eq!(cell.await.unwrap().as_deref(), Some("KernelRestarted"));
    let fresh = notebook.exec_cell("x").await.unwrap();
    assert_eq!(fresh.error.expect("the variables are gone").name, "NameError");

    let cell = exception(endless().await);
    notebook.delete().await.unwrap();
    assert_eq!(cell.await.unwrap().as_deref(), Some("NotebookDeleted"));
    let anew = notebook.exec_cell("1").await.unwrap();
    assert_eq!((anew.text(), anew.execution_count), (Some("1"), Some(1)));
    for name in ["", "a/b", "-x", &"x".repeat(65)] {
        let refused = interpreter.create_notebook(name).exec_cell("1").await.unwrap_err();
        assert!(matches!(refused, Error::BadRequest(_) | Error::NotFound(_)), "{name:?}: {refused}");
    }
    server.assert_clean().await;
}

#[tokio::test]
async fn the_first_cell_comes_soon_after_the_creation() {
    let (server, interpreter) = interpreter().await;
    interpreter.destroy().await.unwrap();
    let started = Instant::now();
    let interpreter = crate::on(&server).await;
    let ready = started.elapsed();
    assert_eq!(interpreter.notebook().exec_cell("1 + 1").await.unwrap().text(), Some("2"));
    println!("ready after {ready:?}, first result after {:?}", started.elapsed());
    let started = Instant::now();
    for _ in 0..20 {
        interpreter.notebook().exec_cell("1 + 1").await.unwrap();
    }
    println!("a cell takes {:?}", started.elapsed() / 20);
    server.assert_clean().await;
}

/// Follows a cell to its end; gives the name of the exception that it ended with.
fn exception(mut events: CellStream) -> JoinHandle<Option<String>> {
    tokio::spawn(async move {
        let mut name = None;
        while let Some(event) = events.next().await {
            if let CellEvent::Exception(error) = event.unwrap() {
                name = Some(error.name);
            }
        }
        name
    })
}
