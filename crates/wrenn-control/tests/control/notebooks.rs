//! Cells that wait. Here they are run by `python3`.

use wrenn_api::{CellServerMessage, ErrorCode, ExecCellRequest};

use crate::fixture::{Fixture, eventually, refused, request};

fn cell(code: &str) -> ExecCellRequest {
    ExecCellRequest { code: code.to_owned(), timeout_sec: Some(0) }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_cells_is_limited_for_each_and_for_all_of_a_capsule() {
    let Fixture { control, team, machine: _machine } = Fixture::new().await;
    let id = control.create_capsule(&team, &request()).await.unwrap().id;
    let start =
        async |notebook: &str, code: &str| control.start_cell(&team, &id, notebook, &cell(code)).await;
    let mut running = start("one", "import time; time.sleep(1000)").await.unwrap();
    assert!(matches!(running.next().await, Some(Ok(CellServerMessage::Start { .. }))));
    refused(start("one", &"#".repeat((1 << 20) + 1)).await, ErrorCode::TooLarge);
    let large = "#".repeat(1 << 20);
    let mut waiting = Vec::new();
    for _ in 0..15 {
        waiting.push(start("one", &large).await.unwrap());
    }
    // The notebooks of a capsule share what there is.
    refused(start("two", &large).await, ErrorCode::Conflict);
    assert!(start("two", "1").await.is_ok());
    drop(waiting);
    control.interrupt_notebook(&team, &id, "one").await.unwrap();
    eventually("there is room again", async || start("two", &large).await.is_ok()).await;
    control.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_for_its_own_cell() {
    let Fixture { control, team, machine: _machine } = Fixture::new().await;
    let id = control.create_capsule(&team, &request()).await.unwrap().id;
    let start = async |code: &str| control.start_cell(&team, &id, "one", &cell(code)).await.unwrap();
    let mut first = start("import time; time.sleep(1000)").await;
    assert!(matches!(first.next().await, Some(Ok(CellServerMessage::Start { .. }))));
    let mut second = start("print('never')").await;
    second.stopper().stop();
    let mut third = start("print('third')").await;
    // The one that runs is not touched by it.
    assert!(tokio::time::timeout(std::time::Duration::from_millis(500), first.next()).await.is_err());
    first.stopper().stop();
    for run in [&mut first, &mut second] {
        let Some(Ok(CellServerMessage::Exception(error))) = run.next().await else { panic!("not stopped") };
        assert_eq!(error.name, "Interrupted");
        assert!(matches!(run.next().await, Some(Ok(CellServerMessage::End(end))) if end.exit_code == 1));
        assert!(run.next().await.is_none());
    }
    let mut printed = String::new();
    while let Some(message) = third.next().await {
        if let CellServerMessage::Stdout { data } = message.unwrap() {
            printed += &data;
        }
    }
    assert_eq!(printed, "third\n");
    control.shutdown().await;
}
