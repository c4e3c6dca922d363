//! A virtual machine under software emulation, started by hand: what is tested is the guest, not whoever starts it.

use std::{
    io::Read as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant, SystemTime},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
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

/// A running machine with two layers, which ends with it.
pub(crate) struct Machine {
    process: Child,
    pub(crate) dir: TempDir,
    pub(crate) agent: AgentClient,
    pub(crate) boot_time: Duration,
}

impl Machine {
    /// Starts one of the template `minimal` with `layer` on top, without a network.
    pub(crate) async fn start(dir: TempDir, layer: &Path) -> Self {
        image::create_private_disk(&dir.path().join("private.img"), 1 << 30).await.unwrap();
        Self::boot(dir, layer, &[]).await
    }

    /// Starts another one on the disk of one that ended, with an interface that leads nowhere.
    pub(crate) async fn again(dir: TempDir, layer: &Path) -> Self {
        Self::boot(dir, layer, &["-device", "virtio-net-pci"]).await
    }

    async fn boot(dir: TempDir, layer: &Path, devices: &[&str]) -> Self {
        let store = TemplateStore::open(dir.path().join("templates")).unwrap();
        let template = store.ensure_builtin(Builtin::Minimal, &|_| {}).await.unwrap();
        let layers =
            [image::of_layer(layer).await.unwrap(), image::of_layer(&template.layers[0]).await.unwrap()];
        let artifacts = Artifacts::prepare(&Artifacts::cache(), wrenn_agent_binary::bytes()).await.unwrap();
        let begun = Instant::now();
        let mut command = qemu(&artifacts, &layers, dir.path());
        let process = command.args(devices).spawn().expect("QEMU is installed");
        let agent = client(dir.path());
        let machine = Self { process, dir, agent, boot_time: Duration::ZERO };
        if timeout(BOOT, machine.agent.health()).await.is_err() {
            panic!("the guest did not come up:\n{}", machine.console());
        }
        Self { boot_time: begun.elapsed(), ..machine }
    }

    /// Writes the whole machine to a file, as it is in the middle of things, and ends it.
    pub(crate) async fn save(mut self, layer: &Path) -> Saved {
        let qmp = UnixStream::connect(self.dir.path().join("qmp.sock")).await.unwrap();
        let mut qmp = BufReader::new(qmp);
        let state = self.dir.path().join("state");
        let save =
            format!(r#"{{"execute":"migrate","arguments":{{"uri":"exec:cat > {}"}}}}"#, state.display());
        ask(&mut qmp, r#"{"execute":"qmp_capabilities"}"#).await;
        ask(&mut qmp, &save).await;
        while !ask(&mut qmp, r#"{"execute":"query-migrate"}"#).await.contains(r#""status": "completed""#) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.process.kill().await.unwrap();
        Saved { dir: self.dir, layer: layer.to_owned() }
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
        let mut entropy = [0; 32];
        std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut entropy)).unwrap();
        let init = Init {
            timestamp: Some(time.format(&time::format_description::well_known::Rfc3339).unwrap()),
            hostname: Some(hostname.to_owned()),
            machine_id: Some(machine_id.to_owned()),
            entropy: Some(STANDARD.encode(entropy)),
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
}

/// A machine in a file.
pub(crate) struct Saved {
    dir: TempDir,
    layer: PathBuf,
}

impl Saved {
    /// Goes on from there, with a copy of the disk as it was.
    pub(crate) async fn restore(&self) -> Machine {
        let dir = tempfile::tempdir().unwrap();
        let mut copy = Command::new("cp");
        copy.arg("--sparse=always").arg(self.dir.path().join("private.img")).arg(dir.path());
        assert!(copy.status().await.unwrap().success());
        let state = format!("exec:cat {}", self.dir.path().join("state").display());
        Machine::boot(dir, &self.layer, &["-incoming", &state]).await
    }
}

/// One command to QEMU, and its answer.
async fn ask(qmp: &mut BufReader<UnixStream>, command: &str) -> String {
    qmp.write_all(command.as_bytes()).await.unwrap();
    let mut line = String::new();
    while !line.starts_with(r#"{"return""#) {
        line.clear();
        assert!(timeout(PATIENCE, qmp.read_line(&mut line)).await.unwrap().unwrap() > 0, "QEMU is there");
        assert!(!line.starts_with(r#"{"error""#), "{command}: {line}");
    }
    line
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

fn qemu(artifacts: &Artifacts, layers: &[PathBuf], dir: &Path) -> Command {
    let line =
        CommandLine { layers: layers.len(), hostname: String::from("guest"), max_pids: 512 }.to_string();
    let mut command = Command::new("qemu-system-x86_64");
    command.args(["-nodefaults", "-no-user-config", "-nographic", "-no-reboot"]);
    command.args(["-machine", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "256"]);
    command.arg("-kernel").arg(&artifacts.kernel).arg("-initrd").arg(&artifacts.initramfs);
    command.args(["-append", &line]);
    let mut disk = |path: &Path, serial: &str, options: &str| {
        let drive = format!("file={},id={serial},if=none,format=raw,{options}", path.display());
        command.args(["-drive", &drive]);
        command.args(["-device", &format!("virtio-blk-pci,drive={serial},serial={serial}")]);
    };
    // In another order than that of their numbers.
    disk(&dir.join("private.img"), PRIVATE_SERIAL, "discard=unmap,cache=unsafe");
    for (number, layer) in layers.iter().enumerate().rev() {
        disk(layer, &guest::layer_serial(number), "readonly=on,file.locking=off");
    }
    let socket = dir.join("agent.sock");
    command.args(["-chardev", &format!("socket,id=agent,path={},server=on,wait=off", socket.display())]);
    command.args(["-device", "virtio-serial-pci"]);
    command.args(["-device", &format!("virtserialport,chardev=agent,name={PORT_NAME}")]);
    command.args(["-device", "virtio-rng-pci"]);
    command.args(["-qmp", &format!("unix:{},server=on,wait=off", dir.join("qmp.sock").display())]);
    command.args(["-serial", &format!("file:{}", dir.join("console.log").display())]);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command
}
