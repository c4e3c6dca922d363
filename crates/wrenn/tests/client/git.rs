use std::sync::{Arc, Mutex};

use axum::{Json, Router, routing::post};
use serde_json::{Value, json};
use wrenn::{Error, GitCredentials};

use crate::mock::Mock;

/// A capsule whose git prints this and remembers how it was called.
async fn git(stdout: &'static str) -> (Mock, Arc<Mutex<Vec<Value>>>) {
    let runs = Arc::new(Mutex::new(Vec::new()));
    let keep = runs.clone();
    let exec = move |Json(body): Json<Value>| async move {
        assert_eq!(body["cmd"], "git");
        keep.lock().expect("unpoisoned").push(body);
        Json(json!({
            "sandbox_id": "cl-1", "cmd": "git", "stdout": stdout, "stderr": "", "exit_code": 0, "duration_ms": 1,
            "encoding": "utf-8",
        }))
    };
    (Mock::start(Router::new().route("/v1/capsules/{id}/exec", post(exec))).await, runs)
}

#[tokio::test]
async fn each_verb_is_the_command_that_it_says() {
    let (mock, runs) = git("").await;
    let capsule = mock.client().capsule("cl-1");
    let git = capsule.git();
    git.clone("https://h/o/r.git").path("/app/repo").branch("main").depth(1).await.expect("run");
    git.init().path("/new").initial_branch("main").await.expect("run");
    git.status().cwd("/r").await.expect("run");
    git.log().cwd("/r").max_count(5).await.expect("run");
    git.checkout("feature").create(true).await.expect("run");
    git.checkout("main").await.expect("run");
    git.branch().await.expect("run");
    git.branch().force_delete("old").await.expect("run");
    git.add(["README.md"]).await.expect("run");
    git.commit("-m is no option").all(true).await.expect("run");
    git.pull().remote("origin").branch("main").await.expect("run");
    git.push().branch("main").set_upstream(true).await.expect("run");
    git.diff().staged(true).await.expect("run");
    git.remote().await.expect("run");
    git.remote_add("origin", "https://h/r").await.expect("run");
    git.config("user.name").await.expect("run");
    git.set_config("user.name", "Me").await.expect("run");
    git.reset().hard(true).revision("HEAD~1").await.expect("run");
    git.restore(["a"]).staged(true).await.expect("run");
    let line = |run: &Value| {
        let words =
            run["args"].as_array().expect("arguments").iter().map(|word| word.as_str().expect("text"));
        words.collect::<Vec<_>>().join(" ")
    };
    let lines: Vec<_> = runs.lock().expect("unpoisoned").iter().map(line).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    clone --branch=main --depth=1 -- https://h/o/r.git /app/repo
    init --initial-branch=main -- /new
    status
    log --max-count=5 --
    checkout -b feature
    checkout main --
    branch
    branch -D old
    add -- README.md
    commit --all --message=-m is no option
    pull origin main
    push --set-upstream origin main
    diff --staged --
    remote --verbose
    remote add origin https://h/r
    config --get user.name
    config user.name Me
    reset --hard HEAD~1 --
    restore --staged -- a
    ");
    assert_eq!(runs.lock().expect("unpoisoned")[2]["cwd"], "/r");
}

#[tokio::test]
async fn a_name_that_looks_like_an_option_is_refused_before_anything_runs() {
    let (mock, runs) = git("").await;
    let capsule = mock.client().capsule("cl-1");
    for outcome in [
        capsule.git().checkout("--orphan").await,
        capsule.git().push().remote("--receive-pack=evil").await,
        capsule.git().log().revision("--output=/etc/passwd").await,
    ] {
        assert!(matches!(outcome, Err(Error::Config(_))), "{outcome:?}");
    }
    assert!(runs.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn a_password_is_in_the_environment_and_nowhere_else() {
    let (mock, runs) = git("https://git.example.org/o/r.git\n").await;
    let capsule = mock.client().capsule("cl-1");
    let credentials = GitCredentials::new("me", "s3cret").host("git.example.org");
    capsule.git().push().cwd("/r").remote("origin").credentials(credentials).await.expect("run");
    capsule.git().clone("https://me:s3cret@git.example.org/o/r.git").await.expect("run");
    let runs = runs.lock().expect("unpoisoned");
    assert_eq!(runs[0]["args"], json!(["remote", "get-url", "--push", "origin"]));
    assert!(!runs[0].to_string().contains("s3cret"), "the question needs no password");
    for run in &runs[1..] {
        assert_eq!(run["envs"]["WRENN_GIT_PASSWORD"], "s3cret");
        assert_eq!(run["envs"]["GIT_CONFIG_KEY_1"], "credential.https://git.example.org.helper");
        assert_eq!(run.to_string().matches("s3cret").count(), 1);
    }
}

#[tokio::test]
async fn a_password_does_not_go_to_another_host() {
    let (mock, runs) = git("https://evil.example.org/o/r.git\n").await;
    let capsule = mock.client().capsule("cl-1");
    let credentials = GitCredentials::new("me", "s3cret").host("git.example.org");
    let error = capsule.git().pull().cwd("/r").credentials(credentials).await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "git pull: the credentials are for git.example.org, but the remote is on evil.example.org"
    );
    assert!(runs.lock().expect("unpoisoned").iter().all(|run| !run.to_string().contains("s3cret")));
}
