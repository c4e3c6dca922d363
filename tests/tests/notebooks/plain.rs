//! Cells where there is no Jupyter server, and where it does not come up.

use std::{process::Stdio, time::Duration};

use wrenn::{CodeInterpreter, Error};
use wrenn_tests::TestServer;

#[tokio::test]
async fn without_a_jupyter_server_each_cell_is_a_program() {
    let server = TestServer::start().await;
    let interpreter = CodeInterpreter::create().template("minimal").client(&server.client()).await.unwrap();
    let notebook = interpreter.notebook();
    let said =
        notebook.exec_cell("import sys; x = 1; print('out'); print('err', file=sys.stderr)").await.unwrap();
    assert_eq!((said.stdout.as_str(), said.stderr.as_str(), said.exit_code), ("out\n", "err\n", 0));
    assert_eq!(said.execution_count, None);
    let alone = notebook.exec_cell("x").await.unwrap();
    let error = alone.error.expect("nothing is shared");
    assert_eq!((alone.exit_code, error.name.as_str()), (1, "NameError"));
    assert!(error.plain_traceback().starts_with("Traceback"));

    let endless =
        notebook.exec_cell("print('begun', flush=True)\nwhile True: pass").timeout(Duration::from_secs(1));
    let ended = endless.await.unwrap();
    assert!(ended.timed_out && ended.exit_code == -1 && ended.stdout == "begun\n", "{ended:?}");
    assert_eq!(notebook.exec_cell("raise SystemExit(3)").await.unwrap().exit_code, 3);

    // Longer than an argument may be.
    let code = format!("x = '{}'\nprint(len(x))", "é".repeat(200_000));
    assert_eq!(notebook.exec_cell(code).await.unwrap().stdout, "200000\n");
    assert_eq!(interpreter.notebooks().await.unwrap(), []);

    interpreter.capsule().commands().exec("sh").args(["-c", "rm /usr/bin/python3*"]).await.unwrap();
    let missing = notebook.exec_cell("1").await.unwrap();
    assert_eq!((missing.exit_code, missing.stderr.as_str()), (127, "python3: command not found\n"));

    // Something else listens where Jupyter servers do.
    let other = CodeInterpreter::create().template("minimal").client(&server.client()).await.unwrap();
    let listen = ["-m", "http.server", "8888", "--bind", "127.0.0.1"];
    other.capsule().commands().start("python3").args(listen).await.unwrap();
    wrenn_tests::eventually("it listens", || async {
        let found =
            other.capsule().commands().exec("curl").args(["-s", "http://127.0.0.1:8888"]).await.unwrap();
        found.success().then_some(())
    })
    .await;
    assert_eq!(other.notebook().exec_cell("print(1)").await.unwrap().stdout, "1\n");
    assert_eq!(other.notebooks().await.unwrap(), []);
    server.assert_clean().await;
}

#[tokio::test]
async fn a_template_of_ones_own_starts_what_it_says_and_tells_when_that_fails() {
    let server = TestServer::start().await;
    let build = |name: &str, dockerfile: &str| {
        let context = tempfile::tempdir().unwrap();
        std::fs::write(context.path().join("Dockerfile"), dockerfile).unwrap();
        let mut command = server.cli();
        command.args(["template", "build", context.path().to_str().unwrap(), "--name", name]);
        let output = command.env("WRENN_DATA_DIR", server.data_dir()).stdin(Stdio::null()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (built, said) = build(
        "web",
        "FROM minimal\nUSER user\nWORKDIR /srv\nENV WORD=hello\n\
         LABEL dev.wrenn.start=\"id -un; pwd; echo $WORD; exec python3 -m http.server 9000 --bind 127.0.0.1\"\n\
         LABEL dev.wrenn.ready-port=9000\n",
    );
    assert!(built, "{said}");
    let capsule = server.client().create_capsule("web").await.unwrap();
    assert!(capsule.wait_for_ready().await.unwrap().ready);
    let fetched = capsule.commands().exec("curl").args(["-s", "http://127.0.0.1:9000/"]).await.unwrap();
    assert!(fetched.success(), "{fetched:?}");
    let mut output = capsule.commands().attach("start").await.unwrap();
    let mut text = String::new();
    while !text.contains("hello\n") {
        if let wrenn::CommandEvent::Stdout(bytes) = output.next().await.unwrap().unwrap() {
            text += std::str::from_utf8(&bytes).unwrap();
        }
    }
    assert!(text.starts_with("user\n/srv\nhello\n"), "{text}");

    // A template above it does the same, and can take it back.
    assert!(build("above", "FROM web\nRUN true\n").0);
    let above = server.client().create_capsule("above").await.unwrap();
    assert!(above.wait_for_ready().await.unwrap().ready);
    assert!(build("quiet", "FROM web\nLABEL dev.wrenn.start=\"\" dev.wrenn.ready-port=\"\"\n").0);
    let quiet = server.client().create_capsule("quiet").await.unwrap();
    assert!(quiet.wait_for_ready().await.unwrap().ready);
    assert_eq!(quiet.commands().list().await.unwrap().len(), 0);

    assert!(
        build(
            "broken",
            "FROM minimal\nLABEL dev.wrenn.start=\"echo why >&2; exit 5\" dev.wrenn.ready-port=8888\n"
        )
        .0
    );
    let broken = server.client().create_capsule("broken").await.unwrap();
    let failed = broken.wait_for_ready().await.unwrap_err();
    assert!(
        matches!(&failed, Error::StartFailed { reason, .. } if reason == "exit status 5: why"),
        "{failed}"
    );
    assert_eq!(broken.commands().exec("echo").arg("alive").await.unwrap().stdout, "alive\n");
    let refused = CodeInterpreter::new(broken).notebook().exec_cell("1").await.unwrap_err();
    assert!(refused.message().contains("why"), "{refused}");

    let (built, said) = build("typo", "FROM minimal\nLABEL dev.wrenn.strat=x\n");
    assert!(!built && said.contains("dev.wrenn.strat"), "{said}");
    server.assert_clean().await;
}
