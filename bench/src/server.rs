//! The release server, for the time of one run.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use wrenn::Client;

/// A server that [`Server::stop`] ends with all its capsules.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    wrenn: PathBuf,
    scratch: PathBuf,
    base_url: String,
}

impl Server {
    /// Starts the `wrenn` beside this program with its data in `scratch`, with `runtime` if that is given.
    pub(crate) fn start(scratch: &Path, runtime: Option<&str>) -> anyhow::Result<Self> {
        let wrenn = std::env::current_exe()?.with_file_name("wrenn");
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = std::fs::File::create(scratch.join("serve.log"))?;
        let mut command = Command::new(&wrenn);
        command.arg("serve");
        if let Some(runtime) = runtime {
            command.args(["--runtime", runtime]);
        }
        let child = command
            .arg("--data-dir")
            .arg(scratch.join("data"))
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", wrenn.display()))?;
        let mut server =
            Self { child, wrenn, scratch: scratch.to_owned(), base_url: format!("http://127.0.0.1:{port}") };
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = server.child.try_wait()?;
            ensure!(
                ended.is_none() && started.elapsed() < Duration::from_secs(60),
                "the server does not start: {}",
                std::fs::read_to_string(scratch.join("serve.log")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.scratch.join("data")
    }

    pub(crate) fn scratch(&self) -> &Path {
        &self.scratch
    }

    pub(crate) fn client(&self) -> anyhow::Result<Client> {
        let text =
            std::fs::read(self.data_dir().join("bootstrap.json")).context("cannot read bootstrap.json")?;
        let value: serde_json::Value = serde_json::from_slice(&text)?;
        let key = value["api_key"].as_str().context("bootstrap.json has no api_key")?;
        Ok(Client::builder().base_url(&self.base_url).api_key(key).build()?)
    }

    /// What the server says of how it isolates capsules.
    pub(crate) fn isolation(&self) -> String {
        let log = std::fs::read_to_string(self.scratch.join("serve.log")).unwrap_or_default();
        let line = log.lines().find(|line| line.contains("capsules are isolated as"));
        line.and_then(|line| line.split_once("capsules are isolated as"))
            .map_or_else(|| "an unknown runtime".to_owned(), |(_, rest)| rest.trim().to_owned())
    }

    /// Destroys what is left and ends the server.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let data = self.data_dir();
        let ids: Vec<_> =
            std::fs::read_dir(data.join("capsules"))?.flatten().map(|entry| entry.file_name()).collect();
        if !ids.is_empty() {
            let _ = Command::new(&self.wrenn)
                .env("WRENN_DATA_DIR", &data)
                .args(["capsule", "destroy"])
                .args(&ids)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}
