//! A virtual machine under software emulation, started by hand: what is tested is the guest, not whoever starts it.

use std::{
    path::Path,
    process::Stdio,
    time::{Duration, Instant, SystemTime},
};

use tempfile::TempDir;
use tokio::{
    net::UnixStream,
    process::{Child, Command},
    time::timeout,
};
use wrenn_agent_proto::{AgentClient, Init, ProcessEvent, ProcessStart};
use wrenn_runtime::{
    microvm::{
        guest::{self, Artifacts, CommandLine, PORT_NAME, PRIVATE_SERIAL},
        image,
    },
    template::{Builtin, TemplateStore},
};

/// How long a boot may take on a machine that is busy with other things.
const BOOT: Duration = Duration::from_secs(120);
const PATIENCE: Duration = Duration::from_secs(60);

/// A running machine with one layer, which ends with it.
pub(crate) struct Machine {
    process: Child,
    pub(crate) dir: TempDir,
    pub(crate) agent: AgentClient,
    pub(crate) boot_time: Duration,
}

impl Machine {
    /// Starts one of the template `minimal`, and waits for its agent.
    pub(crate) async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = TemplateStore::open(dir.path().join("templates")).unwrap();
        let template = store.ensure_builtin(Builtin::Minimal, &|_| {}).await.unwrap();
        let layer = image::of_layer(&template.layers[0]).await.unwrap();
        let private = dir.path().join("private.img");
        image::create_private_disk(&private, 1 << 30).await.unwrap();
        Self::boot(dir, &layer, &private).await
    }

    async fn boot(dir: TempDir, layer: &Path, private: &Path) -> Self {
        let artifacts = Artifacts::prepare(&Artifacts::cache(), wrenn_agent_binary::bytes()).await.unwrap();
        let begun = Instant::now();
        let process = qemu(&artifacts, layer, private, dir.path()).spawn().expect("QEMU is installed");
        let agent = client(dir.path());
        let machine = Self { process, dir, agent, boot_time: Duration::ZERO };
        if timeout(BOOT, machine.agent.health()).await.is_err() {
            panic!("the guest did not come up:\n{}", machine.console());
        }
        Self { boot_time: begun.elapsed(), ..machine }
    }

    /// Another client of the agent, with a connection of its own, for which there must be no other.
    pub(crate) fn client(&self) -> AgentClient {
        client(self.dir.path())
    }

    pub(crate) fn console(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("console.log")).unwrap_or_default()
    }

    /// Runs a shell script, which has to succeed, and returns what it printed.
    pub(crate) async fn sh(&self, script: &str) -> String {
        let start = ProcessStart::new("/bin/sh").arg("-c").arg(script);
        let run = async {
            let mut events = self.agent.start(start).await.expect("the shell starts");
            let (mut output, mut errors) = (Vec::new(), Vec::new());
            while let Some(event) = events.next().await.expect("the stream holds") {
                match event {
                    ProcessEvent::Stdout(bytes) => output.extend_from_slice(&bytes),
                    ProcessEvent::Stderr(bytes) => errors.extend_from_slice(&bytes),
                    ProcessEvent::Ended(exit) => {
                        assert_eq!(exit.code, 0, "{script}: {}", String::from_utf8_lossy(&errors));
                    }
                    _ => {}
                }
            }
            String::from_utf8(output).expect("the output is text")
        };
        timeout(PATIENCE, run).await.expect("the script ends")
    }

    /// What a host tells after each boot and restore.
    pub(crate) async fn init(&self, hostname: &str, machine_id: &str, time: SystemTime) {
        let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let time = time::OffsetDateTime::UNIX_EPOCH + since;
        let init = Init {
            timestamp: Some(time.format(&time::format_description::well_known::Rfc3339).unwrap()),
            hostname: Some(hostname.to_owned()),
            machine_id: Some(machine_id.to_owned()),
            entropy: Some("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=".to_owned()),
            ..Init::default()
        };
        self.agent.init(&init).await.expect("the agent takes it");
    }

    /// Asks the machine to end; it must do so by itself.
    pub(crate) async fn shut_down(mut self) -> TempDir {
        self.agent.shutdown().await.expect("the agent takes it");
        let status = timeout(PATIENCE, self.process.wait()).await;
        let status = status.unwrap_or_else(|_| panic!("it goes on:\n{}", self.console())).unwrap();
        assert!(status.success(), "{status}");
        self.dir
    }

    /// Boots another one on the disk of one that ended.
    pub(crate) async fn again(dir: TempDir) -> Self {
        let store = TemplateStore::open(dir.path().join("templates")).unwrap();
        let template = store.ensure_builtin(Builtin::Minimal, &|_| {}).await.unwrap();
        let layer = image::of_layer(&template.layers[0]).await.unwrap();
        let private = dir.path().join("private.img");
        Self::boot(dir, &layer, &private).await
    }
}

fn client(dir: &Path) -> AgentClient {
    let socket = dir.join("agent.sock");
    AgentClient::over_one_connection(move || {
        let socket = socket.clone();
        async move { guest::connect(|| dial(&socket)).await }
    })
}

async fn dial(socket: &Path) -> std::io::Result<UnixStream> {
    loop {
        match UnixStream::connect(socket).await {
            // QEMU makes it a moment after its start.
            Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            connected => return connected,
        }
    }
}

/// Without a network: what is not there reaches nobody.
fn qemu(artifacts: &Artifacts, layer: &Path, private: &Path, dir: &Path) -> Command {
    let line = CommandLine { layers: 1, hostname: String::from("guest"), max_pids: 512 }.to_string();
    let disk = |path: &Path, id: &str, options: &str| {
        format!("file={},id={id},if=none,format=raw,{options}", path.display())
    };
    let mut command = Command::new("qemu-system-x86_64");
    command.args(["-nodefaults", "-no-user-config", "-nographic", "-no-reboot"]);
    command.args(["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "256"]);
    command.arg("-kernel").arg(&artifacts.kernel).arg("-initrd").arg(&artifacts.initramfs);
    command.args(["-append", &line]);
    command.args(["-drive", &disk(layer, "layer", "readonly=on,file.locking=off")]);
    command.args(["-device", &format!("virtio-blk-pci,drive=layer,serial={}", guest::layer_serial(0))]);
    command.args(["-drive", &disk(private, "private", "discard=unmap,cache=unsafe")]);
    command.args(["-device", &format!("virtio-blk-pci,drive=private,serial={PRIVATE_SERIAL}")]);
    let socket = dir.join("agent.sock");
    command.args(["-chardev", &format!("socket,id=agent,path={},server=on,wait=off", socket.display())]);
    command.args(["-device", "virtio-serial-pci"]);
    command.args(["-device", &format!("virtserialport,chardev=agent,name={PORT_NAME}")]);
    command.args(["-device", "virtio-rng-pci"]);
    command.args(["-serial", &format!("file:{}", dir.join("console.log").display())]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}
