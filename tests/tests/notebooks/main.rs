//! Code that runs cell by cell, in real capsules of the template `jupyter` and without it.

mod faults;
mod files;
mod outputs;
mod plain;
mod protocol;
mod readme;
mod several;
mod state;

use std::process::Stdio;

use wrenn::CodeInterpreter;
use wrenn_tests::TestServer;

/// A server, and a ready capsule with a kernel.
async fn interpreter() -> (TestServer, CodeInterpreter) {
    let server = TestServer::start().await;
    let interpreter = on(&server).await;
    (server, interpreter)
}

async fn on(server: &TestServer) -> CodeInterpreter {
    build(server);
    let interpreter = CodeInterpreter::create().client(&server.client()).memory_mb(1024).await.unwrap();
    interpreter.capsule().wait_for_ready().await.unwrap();
    interpreter
}

/// Builds the template if this machine does not have it yet.
fn build(server: &TestServer) {
    let mut command = server.cli();
    command.args(["template", "build", "jupyter"]).env("WRENN_DATA_DIR", server.data_dir());
    let output = command.stdin(Stdio::null()).output().expect("wrenn runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
