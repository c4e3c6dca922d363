//! What the README of the TypeScript SDK shows of the code interpreter, in Rust.

use std::time::Duration;

use wrenn::CodeInterpreter;
use wrenn_tests::TestServer;

use crate::{build, interpreter};

#[tokio::test]
async fn quick_start() {
    let server = TestServer::start().await;
    build(&server);
    let create = CodeInterpreter::create().client(&server.client());
    let result = create.with(async |interpreter| interpreter.notebook().exec_cell("print('hello')").await);
    assert_eq!(result.await.unwrap().stdout, "hello\n");
    assert!(server.client().capsules().list().await.unwrap().is_empty(), "it is destroyed");
    server.assert_clean().await;
}

#[tokio::test]
async fn connecting_to_an_existing_capsule() {
    let (server, interpreter) = interpreter().await;
    let connected = CodeInterpreter::new(server.client().capsule(interpreter.capsule().id()));
    let result = connected.notebook().exec_cell("print('reconnected')").await.unwrap();
    assert_eq!(result.stdout, "reconnected\n");
    drop(connected);
    assert!(interpreter.capsule().info().await.unwrap().ready, "it is left running");
    server.assert_clean().await;
}

#[tokio::test]
async fn custom_templates() {
    let server = TestServer::start().await;
    let interpreter = CodeInterpreter::create()
        .client(&server.client())
        .template("minimal")
        .timeout(Duration::from_secs(300))
        .await
        .unwrap();
    let cell = interpreter.notebook().exec_cell("print('custom template')").timeout(Duration::from_secs(60));
    assert_eq!(cell.await.unwrap().stdout, "custom template\n");
    assert_eq!(interpreter.capsule().info().await.unwrap().timeout_sec, 300);
    server.assert_clean().await;
}

#[tokio::test]
async fn code_interpreter_with_commands_and_files() {
    let (server, interpreter) = interpreter().await;
    let capsule = interpreter.capsule();
    interpreter.notebook().exec_cell("open('/tmp/data.csv', 'w').write('a,b\\n1,2')").await.unwrap();
    assert_eq!(capsule.files().read_to_string("/tmp/data.csv").await.unwrap(), "a,b\n1,2");
    let counted = capsule.commands().exec("wc").args(["-l", "/tmp/data.csv"]).await.unwrap();
    assert_eq!(counted.stdout, "1 /tmp/data.csv\n");
    server.assert_clean().await;
}
