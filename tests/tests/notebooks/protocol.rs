//! Jupyter's own interface through the port proxy, as Wrenn's Python client uses it.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use wrenn_tests::{http_client, within};

use crate::interpreter;

#[tokio::test]
async fn wrenns_python_client_finds_a_kernel_and_runs_code_in_it() {
    let (server, interpreter) = interpreter().await;
    let id = interpreter.capsule().id();
    let base = format!("{}/v1/capsules/{id}/ports/8888", server.base_url);
    let http = http_client();
    let kernels = async || -> Vec<Value> {
        let answer =
            http.get(format!("{base}/api/kernels")).header("X-API-Key", &server.api_key).send().await;
        let answer = answer.unwrap();
        assert_eq!(answer.status(), 200);
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    // It takes the first kernel of the kind `wrenn`, which is there already.
    let found = kernels().await;
    assert_eq!((found.len(), found[0]["name"].as_str()), (1, Some("wrenn")));
    let kernel = found[0]["id"].as_str().unwrap();
    interpreter.notebook().exec_cell("x = 20").await.unwrap();
    assert_eq!(run(&server.api_key, &base, kernel, "x + 1").await, "21");
    assert_eq!(interpreter.notebook().exec_cell("x").await.unwrap().text(), Some("20"));

    let made = http
        .post(format!("{base}/api/kernels"))
        .header("X-API-Key", &server.api_key)
        .json(&json!({ "name": "wrenn" }))
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    assert_eq!(kernels().await.len(), 2);
    server.assert_clean().await;
}

/// Runs an expression as that client does; its value as text.
async fn run(key: &str, base: &str, kernel: &str, code: &str) -> String {
    let url = format!("{}/api/kernels/{kernel}/channels", base.replacen("http", "ws", 1));
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("x-api-key", key.parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let message = json!({
        "header": { "msg_id": "m1", "msg_type": "execute_request", "username": "wrenn-sdk", "session": "s1",
            "date": "2026-01-01T00:00:00.000Z", "version": "5.3" },
        "parent_header": {}, "metadata": {}, "buffers": [], "channel": "shell",
        "content": { "code": code, "silent": false, "store_history": true, "user_expressions": {},
            "allow_stdin": false, "stop_on_error": true },
    });
    socket.send(Message::text(message.to_string())).await.unwrap();
    loop {
        let message = within("an answer", socket.next()).await.expect("open").unwrap();
        let Ok(text) = message.to_text() else { continue };
        let Ok(message) = serde_json::from_str::<Value>(text) else { continue };
        if message["msg_type"] == "execute_result" && message["parent_header"]["msg_id"] == "m1" {
            return message["content"]["data"]["text/plain"].as_str().unwrap().to_owned();
        }
    }
}
