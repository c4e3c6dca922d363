//! Templates from Dockerfiles, by the command line, in real capsules.

use std::process::Stdio;

use wrenn_tests::TestServer;

/// Runs `wrenn` with the server's data directory; answers whether it succeeded and what it said.
fn wrenn(server: &TestServer, args: &[&str]) -> (bool, String) {
    let mut command = server.cli();
    command.args(args).env("WRENN_DATA_DIR", server.data_dir()).stdin(Stdio::null());
    let output = command.output().expect("wrenn runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

#[tokio::test]
async fn a_dockerfile_becomes_a_template_and_a_failing_one_leaves_nothing() {
    let server = TestServer::start().await;
    let context = tempfile::tempdir().unwrap();
    std::fs::write(context.path().join("hello.txt"), "from the context\n").unwrap();
    let dockerfile = "FROM minimal\nCOPY hello.txt /srv/hello.txt\nENV GREETING=hi\nWORKDIR /srv\n\
                      RUN echo built-$((40 + 2)) > /srv/built && chown user /srv/built\n";
    std::fs::write(context.path().join("Dockerfile"), dockerfile).unwrap();
    let dir = context.path().to_str().unwrap();
    let (built, said) = wrenn(&server, &["template", "build", dir, "--name", "greeter"]);
    assert!(built, "{said}");

    let capsule = server.client().create_capsule("greeter").await.unwrap();
    let output = capsule
        .commands()
        .exec("sh")
        .args(["-c", "pwd; echo $GREETING; cat hello.txt built; stat -c %U built"])
        .await;
    assert_eq!(output.unwrap().stdout, "/srv\nhi\nfrom the context\nbuilt-42\nuser\n");

    let started = std::time::Instant::now();
    let (again, said) = wrenn(&server, &["template", "build", dir, "--name", "greeter"]);
    println!("second build: {:?}", started.elapsed());
    assert!(again, "{said}");

    std::fs::write(context.path().join("Dockerfile"), "FROM minimal\nRUN echo the-reason-why && exit 9\n")
        .unwrap();
    let (broken, said) = wrenn(&server, &["template", "build", dir, "--name", "broken"]);
    assert!(!broken && said.contains("the-reason-why"), "{said}");
    let (listed, names) = wrenn(&server, &["template", "list", "--json"]);
    assert!(listed && names.contains("greeter") && !names.contains("broken"), "{names}");

    // A template that is deleted while a capsule of it runs harms nobody.
    let (deleted, said) = wrenn(&server, &["template", "delete", "greeter"]);
    assert!(deleted, "{said}");
    assert_eq!(capsule.commands().exec("cat").arg("/srv/built").await.unwrap().stdout, "built-42\n");
    assert!(server.client().create_capsule("greeter").await.is_err());
    server.assert_clean().await;
}

#[tokio::test]
async fn base_python_has_pip_and_venv_and_node_has_npm() {
    let server = TestServer::start().await;
    for (template, script) in [
        ("base-python", "python3 -m venv /tmp/env && /tmp/env/bin/python -m pip --version && pip3 --version"),
        ("node", "node --eval 'console.log(6 * 7)' && npm --version"),
    ] {
        let (built, said) = wrenn(&server, &["template", "build", template]);
        assert!(built, "{said}");
        let capsule = server.client().create_capsule(template).await.unwrap();
        // For its first virtual machine a template's disk is made.
        capsule.wait_for_ready().await.unwrap();
        let output = capsule
            .commands()
            .exec("sh")
            .args(["-c", script])
            .timeout(std::time::Duration::from_secs(300))
            .await;
        let output = output.unwrap();
        assert!(output.success(), "{template}: {output:?}");
    }
    server.assert_clean().await;
}
