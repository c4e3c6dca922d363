//! Git in a capsule, against a git server that runs in the same capsule and asks for a password.

use wrenn::{Capsule, GitCredentials, Signal};
use wrenn_tests::{TestServer, eventually};

const PASSWORD: &str = "s3cret-of-this-test";

/// A smart HTTP git server in a few lines: git's own backend behind Python's CGI-like calls, with a password.
const GIT_SERVER: &str = r#"
import base64, http.server, os, subprocess
WANTED = "Basic " + base64.b64encode(b"ann:s3cret-of-this-test").decode()
class Handler(http.server.BaseHTTPRequestHandler):
    def serve(self):
        if self.headers.get("Authorization") != WANTED:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip
            body = gzip.decompress(body)
        env = dict(os.environ, GIT_PROJECT_ROOT="/srv/git", GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                   QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_USER="ann",
                   CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(len(body)))
        out = subprocess.run(["git", "http-backend"], env=env, input=body, stdout=subprocess.PIPE).stdout
        head, _, content = out.partition(b"\r\n\r\n")
        lines = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = next((value for name, value in lines if name == "Status"), "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
    do_GET = do_POST = serve
    def log_message(self, *args):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", 8418), Handler).serve_forever()
"#;

fn ann() -> GitCredentials {
    GitCredentials::new("ann", PASSWORD)
}

async fn shell(capsule: &Capsule, script: &str) -> String {
    let output = capsule.commands().exec("sh").args(["-c", script]).await.expect("exec");
    assert!(output.success(), "{script}: {output:?}");
    output.stdout.trim().to_owned()
}

#[tokio::test]
async fn a_repository_is_cloned_changed_pushed_and_pulled_and_the_password_stays_nowhere() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    shell(
        &capsule,
        "git init --quiet --bare --initial-branch main /srv/git/repo.git && chown -R root /srv/git",
    )
    .await;
    shell(&capsule, "git -C /srv/git/repo.git config http.receivepack true").await;
    capsule.files().write("/srv/server.py", GIT_SERVER).await.unwrap();
    capsule.commands().start("python3").arg("/srv/server.py").tag("git-server").await.unwrap();
    let url = "http://127.0.0.1:8418/repo.git";
    eventually("the git server answers", || async {
        let probe = capsule.commands().exec("curl").args(["-s", "-o", "/dev/null", url]).await.unwrap();
        probe.success().then_some(())
    })
    .await;

    let git = capsule.git();
    let refused = git.clone(url).path("/work/refused").await.unwrap();
    assert_ne!(refused.exit_code, 0, "without a password it fails, and does not wait for one");
    let ok = |output: wrenn::CommandOutput| {
        assert!(output.success(), "{output:?}");
        output.stdout
    };
    ok(git.clone(url).path("/work/repo").credentials(ann()).await.unwrap());
    shell(&capsule, "git config --global user.name Ann && git config --global user.email ann@example.com")
        .await;
    capsule.files().write("/work/repo/README.md", "# Hello\n").await.unwrap();
    ok(git.checkout("main").create(true).cwd("/work/repo").await.unwrap());
    ok(git.add(["README.md"]).cwd("/work/repo").await.unwrap());
    assert!(ok(git.status().cwd("/work/repo").await.unwrap()).contains("README.md"));
    ok(git.commit("initial commit").cwd("/work/repo").await.unwrap());
    ok(git.push().cwd("/work/repo").remote("origin").branch("main").credentials(ann()).await.unwrap());
    assert!(ok(git.log().cwd("/work/repo").max_count(5).await.unwrap()).contains("initial commit"));
    assert!(ok(git.branch().cwd("/work/repo").await.unwrap()).contains("main"));

    ok(git.clone(url).path("/work/second").credentials(ann()).await.unwrap());
    capsule.files().write("/work/second/more.txt", "more\n").await.unwrap();
    ok(git.add(["more.txt"]).cwd("/work/second").await.unwrap());
    ok(git.commit("more").cwd("/work/second").await.unwrap());
    ok(git.push().cwd("/work/second").remote("origin").branch("main").credentials(ann()).await.unwrap());
    ok(git.pull().cwd("/work/repo").remote("origin").branch("main").credentials(ann()).await.unwrap());
    assert_eq!(capsule.files().read_to_string("/work/repo/more.txt").await.unwrap(), "more\n");
    let without = git.push().cwd("/work/repo").remote("origin").branch("main").await.unwrap();
    assert_ne!(without.exit_code, 0, "no credential was kept");

    capsule.commands().kill("git-server", Signal::Kill).await.unwrap();
    capsule.files().remove("/srv/server.py").await.unwrap();
    let search = format!("grep -rl -e {PASSWORD} /work /root /home /tmp /etc /srv 2>/dev/null || true");
    assert_eq!(shell(&capsule, &search).await, "", "the password is in a file of the capsule");
    assert!(!server.log().contains(PASSWORD), "the password is in the server's log");
    server.assert_clean().await;
}
