use axum::{
    Json, Router,
    extract::ws::{Message, WebSocketUpgrade},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};
use wrenn::{CellEvent, CodeInterpreter, Error, api::CellEnd};

use crate::mock::{Mock, capsule};

fn interpreter(mock: &Mock) -> CodeInterpreter {
    CodeInterpreter::new(mock.client().capsule("cl-1"))
}

#[tokio::test]
async fn a_cells_answer_is_understood() {
    let answer = async |Json(request): Json<Value>| {
        assert_eq!(request, json!({ "code": "x", "timeout_sec": 2 }));
        Json(json!({
            "stdout": "out", "stderr": "", "exit_code": 0, "execution_count": 3, "timed_out": false, "duration_ms": 1,
            "results": [{ "data": { "text/plain": "84", "application/json": [1] }, "is_main": true }],
        }))
    };
    let router = Router::new().route("/v1/capsules/cl-1/notebooks/default/exec", post(answer));
    let mock = Mock::start(router).await;
    let cell = interpreter(&mock).notebook().exec_cell("x").timeout(std::time::Duration::from_millis(1_500));
    let result = cell.await.unwrap();
    assert_eq!((result.text(), result.execution_count), (Some("84"), Some(3)));
    assert_eq!(result.results[0].json(), Some(&json!([1])));
    assert_eq!(result.results[0].png(), None);
}

#[tokio::test]
async fn a_server_that_knows_no_notebooks_runs_python() {
    let answer = async |Json(request): Json<Value>| {
        assert_eq!(request["args"], json!(["-c", "1/0"]));
        let stderr = "Traceback (most recent call last):\n  ...\nZeroDivisionError: division by zero\n";
        Json(json!({ "sandbox_id": "cl-1", "cmd": "python3", "stdout": "", "stderr": stderr, "exit_code": 1,
            "duration_ms": 1, "encoding": "utf-8" }))
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/cl-1/exec", post(answer))).await;
    let result = interpreter(&mock).notebook().exec_cell("1/0").await.unwrap();
    let error = result.error.expect("an exception");
    assert_eq!((error.name.as_str(), error.value.as_str()), ("ZeroDivisionError", "division by zero"));
    assert_eq!(result.execution_count, None);
    // Neither is there when the capsule is not.
    let mock = Mock::start(Router::new()).await;
    let missing = interpreter(&mock).notebook().exec_cell("1").await.unwrap_err();
    assert!(matches!(missing, Error::NotFound(_)), "{missing}");
}

/// Says these messages once a cell has arrived.
async fn saying(messages: &'static [&'static str]) -> Mock {
    let open = move |upgrade: WebSocketUpgrade| async move {
        let response: Response = upgrade.on_upgrade(move |mut socket| async move {
            let Some(Ok(Message::Text(first))) = socket.recv().await else { return };
            assert_eq!(
                serde_json::from_str::<Value>(&first).unwrap(),
                json!({ "type": "exec", "code": "x" })
            );
            for message in messages {
                socket.send(Message::Text((*message).into())).await.unwrap();
            }
        });
        response
    };
    Mock::start(Router::new().route("/v1/capsules/cl-1/notebooks/default/stream", get(open))).await
}

#[tokio::test]
async fn what_comes_of_a_cell_comes_in_order() {
    let mock = saying(&[
        r#"{"type":"start","execution_count":1}"#,
        r#"{"type":"stdout","data":"a"}"#,
        r#"{"type":"result","data":{"text/plain":"1"},"is_main":true}"#,
        r#"{"type":"exception","name":"E","value":"v","traceback":[]}"#,
        r#"{"type":"end","exit_code":1,"execution_count":1,"timed_out":false,"duration_ms":2}"#,
    ])
    .await;
    let mut events = interpreter(&mock).notebook().exec_cell("x").stream().await.unwrap();
    let mut all = Vec::new();
    while let Some(event) = events.next().await {
        all.push(event.unwrap());
    }
    let [
        CellEvent::Started { execution_count: Some(1) },
        CellEvent::Stdout(text),
        CellEvent::Output(output),
        CellEvent::Exception(error),
        CellEvent::Ended(end),
    ] = &all[..]
    else {
        panic!("{all:?}")
    };
    assert_eq!((text.as_str(), output.text(), error.name.as_str()), ("a", Some("1"), "E"));
    assert_eq!(*end, CellEnd { exit_code: 1, execution_count: Some(1), timed_out: false, duration_ms: 2 });
}

#[tokio::test]
async fn an_end_that_does_not_come_is_an_error() {
    let mock = saying(&[r#"{"type":"error","data":"The capsule has ended."}"#]).await;
    let mut events = interpreter(&mock).notebook().exec_cell("x").stream().await.unwrap();
    let error = events.next().await.unwrap().unwrap_err();
    assert!(
        matches!(&error, Error::Stream { message, .. } if message == "The capsule has ended."),
        "{error}"
    );
    assert!(events.next().await.is_none());

    let mock = saying(&[r#"{"type":"stdout","data":"a"}"#]).await;
    let mut events = interpreter(&mock).notebook().exec_cell("x").stream().await.unwrap();
    events.next().await.unwrap().unwrap();
    let lost = events.next().await.unwrap().unwrap_err();
    assert!(matches!(lost, Error::Disconnected { .. }), "{lost}");
}

#[tokio::test]
async fn waiting_includes_what_the_template_starts() {
    let looks = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let answer = move || {
        let look = looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let mut info = capsule("cl-1", "running");
        info["ready"] = (look >= 2).into();
        async move { Json(info) }
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}", get(answer))).await;
    assert!(mock.client().capsule("cl-1").wait_for_ready().await.unwrap().ready);
    assert_eq!(mock.calls().len(), 3);

    let answer = async || {
        let mut info = capsule("cl-1", "running");
        info["ready"] = false.into();
        info["start_error"] = "exit status 1".into();
        (StatusCode::OK, Json(info))
    };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}", get(answer))).await;
    let failed = mock.client().capsule("cl-1").wait_for_ready().await.unwrap_err();
    assert!(matches!(&failed, Error::StartFailed { reason, .. } if reason == "exit status 1"), "{failed}");
}
