//! The guest of virtual machines, under software emulation: it boots, serves, and ends.

mod machine;

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use machine::Machine;
use rustix::fs::{CWD, FileType, Mode, XattrFlags, mknodat, setxattr};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use wrenn_agent_proto::{
    AgentClient, AgentError, ProcessEvent, ProcessStart, ProcessStream, process::Signal,
};

const MIB: usize = 1 << 20;

/// One boot, since each takes seconds, and everything that can be seen on the way to its end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_serves_and_keeps_what_it_was_given() {
    let files = tempfile::tempdir().unwrap();
    let layer = files.path().join("layer");
    make_layer(&layer);
    let machine = Machine::start(tempfile::tempdir().unwrap(), &layer).await;
    println!("from the start of QEMU to the first answer: {:?}", machine.boot_time);
    is_a_machine_of_its_own(&machine).await;
    has_stacked_its_layers(&machine).await;
    is_renamed(&machine).await;
    files_pass(&machine.agent).await;
    tunnels_pass(&machine).await;
    small_calls_pass_beside_large_files(&machine.agent).await;
    processes_outlive_connections(&machine).await;
    let dir = machine.shut_down().await;

    let again = Machine::again(dir, &layer).await;
    assert_eq!(again.sh("cat /root/kept; readlink /root/link").await, "kept\n/kept\n");
    let console = again.console();
    assert!(!console.contains("unchecked") && !console.contains("recovery"), "{console}");
    has_a_network(&again).await;
    again.shut_down().await;
}

/// What templates made on `minimal` may have: files of its users, deletions, a directory that hides the one below.
fn make_layer(layer: &Path) {
    let hidden = layer.join("usr/share/doc");
    fs::create_dir_all(&hidden).unwrap();
    setxattr(&hidden, "trusted.overlay.opaque", b"y", XattrFlags::empty()).unwrap();
    fs::write(hidden.join("only"), "").unwrap();
    fs::create_dir(layer.join("etc")).unwrap();
    let gone = layer.join("etc/debian_version");
    mknodat(CWD, &gone, FileType::CharacterDevice, Mode::empty(), 0).unwrap();
    let own = layer.join("etc/own");
    fs::write(&own, "content").unwrap();
    chown(&own, Some(1234), Some(5678)).unwrap();
    fs::set_permissions(&own, fs::Permissions::from_mode(0o4751)).unwrap();
    let time = fs::FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000));
    fs::File::options().write(true).open(&own).unwrap().set_times(time).unwrap();
}

async fn has_stacked_its_layers(machine: &Machine) {
    let seen = machine
        .sh("stat -c '%u %g %a %Y' /etc/own; ls /usr/share/doc; ls /etc/debian_version 2>&1 | grep -c 'No such'; \
            test -f /etc/passwd && echo below")
        .await;
    assert_eq!(seen, "1234 5678 4751 1000000000\nonly\n1\nbelow\n");
}

async fn has_a_network(machine: &Machine) {
    let seen = machine
        .sh("cat /etc/resolv.conf /proc/net/route /proc/sys/net/ipv4/ip_unprivileged_port_start")
        .await;
    assert!(seen.starts_with("nameserver 169.254.1.53\n") && seen.ends_with("\n0\n"), "{seen}");
    // Numbers in the kernel's own order: everywhere through 192.168.127.1, and 192.168.127.0/24 without it.
    assert!(
        seen.contains("eth0\t00000000\t017FA8C0\t") && seen.contains("eth0\t007FA8C0\t00000000\t"),
        "{seen}"
    );
    let address = machine
        .sh("python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); \
        s.connect((\"192.168.127.9\", 9)); print(s.getsockname()[0])'")
        .await;
    assert_eq!(address, "192.168.127.2\n");
}

/// The agent is in the middle of a connection when it is saved, and nobody tells it that the connection is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restores_of_one_machine_are_individuals() {
    let files = tempfile::tempdir().unwrap();
    let layer = files.path().join("layer");
    make_layer(&layer);
    let machine = Machine::start(tempfile::tempdir().unwrap(), &layer).await;
    machine.sh("echo template > /etc/machine-id").await;
    let start = ProcessStart::new("/bin/sh").arg("-c").arg("while sleep 0.05; do echo; done");
    let mut events = machine.agent.start(start).await.unwrap();
    let pid = events.pid();
    while !matches!(events.next().await.unwrap(), Some(ProcessEvent::Stdout(_))) {}
    let saved = machine.save(&layer).await;

    let mut seen = Vec::new();
    for number in 0..2 {
        let machine = saved.restore().await;
        println!("from the start of QEMU to the first answer: {:?}", machine.boot_time);
        let time = SystemTime::now();
        machine.init(&format!("number-{number}"), &format!("{number:032}"), time).await;
        let read = "cat /etc/machine-id /proc/sys/kernel/random/uuid /etc/hostname; head -c 16 /dev/urandom | od -An -tx1";
        seen.extend(machine.sh(read).await.lines().map(str::to_owned));
        let inside: f64 = machine.sh("date +%s.%N").await.trim().parse().unwrap();
        let outside = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
        assert!((inside - outside).abs() < 2.0, "{inside} {outside}");
        let mut events = machine.agent.connect(pid, None).await.unwrap();
        while !matches!(events.next().await.unwrap(), Some(ProcessEvent::Stdout(_))) {}
    }
    let distinct: std::collections::HashSet<_> = seen.iter().collect();
    assert_eq!((seen.len(), distinct.len()), (8, 8), "{seen:?}");
}

async fn is_a_machine_of_its_own(machine: &Machine) {
    let host = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let guest = machine.sh("uname -r").await;
    assert!(guest != host && guest.contains("cloud"), "{guest}");
    let seen = machine
        .sh("cat /proc/1/comm; id -u; hostname; cat /etc/hostname; ls -d /init /modules /private 2>/dev/null; true")
        .await;
    assert_eq!(seen, "init\n0\nguest\nguest\n");
    machine.sh("set -e; test -c /dev/null; test -c /dev/ptmx; test -w /dev/shm; test -e /dev/fd/0").await;
    machine.sh("set -e; test -f /sys/fs/cgroup/cgroup.procs; test $(ulimit -n) -gt 100000").await;
    assert_eq!(machine.sh("grep -c . /proc/net/dev").await, "3\n", "there is only loopback");
    // Of the agent nothing is in the files, and little in memory.
    let found =
        machine.sh("find / -xdev -name '*wrenn*' -not -path '/proc/*'; grep RssAnon /proc/1/status").await;
    let resident: u32 = found.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect(&found);
    println!("the agent has {resident} KiB of memory of its own");
    assert!(found.starts_with("RssAnon") && resident < 4096, "{found}");
    // Orphans are collected.
    machine.sh("(sleep 0.1 &) ; (true &) ; sleep 0.5").await;
    assert_eq!(machine.sh("cat /proc/[0-9]*/stat | grep -c ' Z ' || true").await, "0\n");
}

async fn is_renamed(machine: &Machine) {
    machine.sh("echo old > /etc/machine-id").await;
    let before = machine.sh("head -c 16 /dev/urandom | od -An -tx1").await;
    let year = Duration::from_secs(365 * 24 * 3600);
    let id = "0123456789abcdef0123456789abcdef";
    machine.init("renamed", id, SystemTime::now() + year).await;
    let seen =
        machine.sh("hostname; cat /etc/hostname /etc/machine-id; grep -c renamed /etc/hosts; date +%s").await;
    let mut lines = seen.lines();
    for expected in ["renamed", "renamed", id, "1"] {
        assert_eq!(lines.next(), Some(expected), "{seen}");
    }
    let time: u64 = lines.next().and_then(|text| text.parse().ok()).expect("a time");
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap() + year;
    assert!(now.as_secs().abs_diff(time) < 30, "{seen}");
    assert_ne!(machine.sh("head -c 16 /dev/urandom | od -An -tx1").await, before);
    machine.init("renamed", id, SystemTime::now()).await;
}

async fn files_pass(agent: &AgentClient) {
    let content: Bytes = (0..16 * MIB).map(|at| (at % 251) as u8).collect::<Vec<_>>().into();
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        content.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let begun = Instant::now();
    agent.write_file("/root/large", Some(content.len() as u64), stream::iter(pieces)).await.unwrap();
    let up = begun.elapsed();
    let begun = Instant::now();
    let body = agent.read_file("/root/large", None).await.unwrap();
    assert_eq!((body.length(), body.size()), (Some(16 << 20), Some(16 << 20)));
    let back: Vec<Bytes> = body.try_collect().await.unwrap();
    println!("16 MiB: up {up:?}, down {:?}", begun.elapsed());
    assert!(back.concat() == content);
    let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err(std::io::Error::other("gone"))]);
    agent.write_file("/root/broken", None, broken).await.unwrap_err();
    assert!(agent.stat("/root/broken").await.is_err(), "what broke off leaves nothing");
    let kept: [Result<_, std::io::Error>; 1] = [Ok(Bytes::from_static(b"kept\n"))];
    agent.write_file("/root/kept", None, stream::iter(kept)).await.unwrap();
}

async fn tunnels_pass(machine: &Machine) {
    let server = "import socket; s = socket.create_server(('127.0.0.1', 8000)); print('listening', flush=True)\n\
        c, _ = s.accept()\nd = b''.join(iter(lambda: c.recv(65536), b''))\nc.sendall(d[::-1]); c.close()";
    let start = ProcessStart::new("python3").arg("-c").arg(server);
    let mut events = machine.agent.start(start).await.unwrap();
    while !matches!(events.next().await.unwrap(), Some(ProcessEvent::Stdout(_))) {}
    let mut tunnel = machine.agent.tunnel(8000).await.unwrap();
    let sent: Vec<u8> = (0..MIB).map(|at| (at % 255) as u8).collect();
    tunnel.write_all(&sent).await.unwrap();
    tunnel.shutdown().await.unwrap();
    let mut heard = Vec::new();
    tunnel.read_to_end(&mut heard).await.unwrap();
    heard.reverse();
    assert!(heard == sent);
    let error = machine.agent.tunnel(8001).await.unwrap_err();
    assert_eq!(error.code(), Some(wrenn_agent_proto::ErrorCode::Unavailable), "{error:?}");
}

async fn small_calls_pass_beside_large_files(agent: &AgentClient) {
    // A reader that does not move holds up nobody.
    let mut stopped = agent.read_file("/root/large", None).await.unwrap();
    stopped.next().await.unwrap().unwrap();
    let reading = tokio::spawn({
        let agent = agent.clone();
        async move {
            let mut body = agent.read_file("/root/large", None).await.unwrap();
            while body.next().await.transpose().unwrap().is_some() {}
        }
    });
    let mut slowest = Duration::ZERO;
    while !reading.is_finished() {
        let begun = Instant::now();
        agent.stat("/root").await.unwrap();
        slowest = slowest.max(begun.elapsed());
    }
    reading.await.unwrap();
    println!("the slowest small call beside a large file: {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

async fn processes_outlive_connections(machine: &Machine) {
    let start = ProcessStart { tag: Some("counter".into()), ..ProcessStart::new("/bin/sh") };
    let start = start.arg("-c").arg("n=0; while sleep 0.05; do n=$((n+1)); echo $n; done");
    let mut events = machine.agent.start(start).await.unwrap();
    let pid = events.pid();
    while !matches!(events.next().await.unwrap(), Some(ProcessEvent::Stdout(_))) {}
    for _ in 0..5 {
        // In the middle of everything: a file half sent, output on its way.
        let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[7; 100_000])));
        let upload = machine.agent.write_file("/root/cut", None, endless.take(10_000));
        tokio::time::timeout(Duration::from_millis(100), upload).await.unwrap_err();
        let begun = Instant::now();
        machine.agent.disconnect();
        let other = machine.client();
        let mut again = other.connect(pid, None).await.unwrap();
        while !matches!(again.next().await.unwrap(), Some(ProcessEvent::Stdout(_))) {}
        println!("connected again after {:?}", begun.elapsed());
        other.disconnect();
        assert!(again_fails(again).await, "who was cut off learns of it");
        machine.agent.stat("/root").await.unwrap();
    }
    assert!(machine.agent.stat("/root/cut").await.is_err());
    machine.agent.send_signal(pid, Signal::SIGNAL_SIGKILL).await.unwrap();
    machine.sh("ln -s /kept /root/link").await;
}

async fn again_fails(mut events: ProcessStream) -> bool {
    loop {
        match events.next().await {
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(error) => return matches!(error, AgentError::ConnectionLost { .. }),
        }
    }
}
