//! `wrenn shell` in a real terminal, which tmux plays.

use std::process::Command;

use wrenn_tests::{TestServer, eventually, wrenn_binary};

/// A tmux server of its own, ended when dropped.
struct Terminal(String);

impl Terminal {
    async fn open(server: &TestServer, arguments: &str) -> Self {
        let terminal = Self(format!("wrenn-test-{}", std::process::id()));
        let command = format!("{} {arguments}; echo left with $?; exec cat", wrenn_binary().display());
        let base_url = format!("WRENN_BASE_URL={}", server.base_url);
        let api_key = format!("WRENN_API_KEY={}", server.api_key);
        let new = ["new-session", "-d", "-x", "100", "-y", "30", "-e", &base_url, "-e", &api_key, &command];
        // A tmux server that just starts sometimes ends before its first session is there.
        eventually("a terminal", || async { terminal.tmux(&new).status.success().then_some(()) }).await;
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> std::process::Output {
        Command::new("tmux")
            .args(["-L", &self.0, "-f", "/dev/null"])
            .args(arguments)
            .output()
            .expect("tmux runs")
    }

    fn type_keys(&self, keys: &[&str]) {
        let mut arguments = vec!["send-keys"];
        arguments.extend(keys);
        assert!(self.tmux(&arguments).status.success());
    }

    async fn shows(&self, wanted: &str) {
        eventually(wanted, || async {
            let screen = self.tmux(&["capture-pane", "-p", "-S", "-"]).stdout;
            String::from_utf8_lossy(&screen).contains(wanted).then_some(())
        })
        .await;
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let screen = self.tmux(&["capture-pane", "-p", "-S", "-"]).stdout;
            eprintln!("--- the screen ---\n{}", String::from_utf8_lossy(&screen));
        }
        self.tmux(&["kill-server"]);
    }
}

#[tokio::test]
async fn a_shell_is_used_left_joined_and_ended() {
    let server = TestServer::start().await;
    let capsule = server.capsule().await;
    {
        let terminal = Terminal::open(&server, &format!("shell {} --tag work", capsule.id())).await;
        terminal.shows("#").await;
        terminal.type_keys(&["echo size-$(stty size | tr ' ' x)", "Enter"]);
        terminal.shows("size-30x100").await;
        terminal.type_keys(&["sh -c 'echo up-$((1 + 1)); exec sleep 1000'", "Enter"]);
        terminal.shows("up-2").await;
        terminal.type_keys(&["C-c"]);
        terminal.type_keys(&["kept=42; echo after-$kept", "Enter"]);
        terminal.shows("after-42").await;
        terminal.type_keys(&["C-]"]);
        terminal.shows("left with 0").await;
    }
    let terminal = Terminal::open(&server, &format!("shell {} --tag work", capsule.id())).await;
    terminal.shows("after-42").await;
    terminal.type_keys(&["echo again-$kept", "Enter"]);
    terminal.shows("again-42").await;
    terminal.type_keys(&["exit 5", "Enter"]);
    terminal.shows("left with 5").await;
    server.assert_clean().await;
}
