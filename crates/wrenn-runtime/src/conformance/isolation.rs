//! Root inside is nobody outside.

use super::{Capsule, Subject};

/// What concerns the machine as a whole is refused to root inside.
pub async fn root_cannot_reach_the_machine(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    for refused in [
        "mknod /root/disk b 254 0",
        "mknod /dev/mem2 c 1 1",
        "mount -t tmpfs none /mnt",
        "mount -t proc none /mnt",
        "mount --bind / /mnt",
        "mount -o remount,rw /sys",
        "umount /proc/sys",
        "unshare --mount true",
        "unshare --user true",
        "nsenter --target 1 --mount true",
        "echo 1 > /proc/sys/kernel/panic",
        "echo core > /proc/sys/kernel/core_pattern",
        "echo b > /proc/sysrq-trigger",
        "echo 1 > /sys/kernel/profiling",
        "hostname other",
        "date -s 2000-01-01",
        "dmesg --clear",
        "swapon /root/disk",
        "ip link add dummy0 type dummy",
        "cat /proc/kcore",
        "cat /proc/kmsg",
        "chown 70000:70000 /root",
        "nice -n -5 true 2>&1 | grep -v 'cannot set'",
        "sh -c 'ulimit -Hn unlimited'",
        "echo -1000 > /proc/self/oom_score_adj",
    ] {
        capsule.must_not(refused).await;
    }
    capsule.destroy().await;
}

/// System calls that are not allowed fail as not permitted, or as not there where a program can do without.
pub async fn system_calls_are_filtered(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let script = r#"
import ctypes, errno, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    libc.syscall(number, *arguments)
    return errno.errorcode.get(ctypes.get_errno(), "fine")
assert platform.machine() == "x86_64" or print("skip")
EPERM = dict(keyctl=250, bpf=321, perf_event_open=298, userfaultfd=323, io_uring_setup=425, mount=165, unshare=272,
             setns=308, kexec_load=246, init_module=175, open_by_handle_at=304, fsopen=430, pivot_root=155)
print({name: call(number, 0, 0, 0, 0, 0) for name, number in EPERM.items()
       if call(number, 0, 0, 0, 0, 0) != "EPERM"})
print(call(435, 0, 0), call(56, 0x10000000, 0, 0, 0, 0), call(41, 40, 1, 0), call(600))
"#;
    let output = capsule.must(&format!("python3 -c '{script}'")).await;
    if cfg!(target_arch = "x86_64") {
        assert_eq!(output, "{}\nENOSYS EPERM EPERM ENOSYS");
    }
    capsule.destroy().await;
}

/// Processes of another capsule, or of the machine, are neither seen nor reached.
pub async fn processes_of_others_are_invisible(subject: &dyn Subject) {
    let (one, other) = (Capsule::create(subject).await, Capsule::create(subject).await);
    one.start("exec sleep 86399").await;
    one.must("grep -q 8639[9] /proc/[0-9]*/cmdline").await;
    other.must_not("grep -q 8639[9] /proc/[0-9]*/cmdline").await;
    let own = std::process::id();
    // The threads of a kernel of its own have no command line.
    let visible: u32 = other.must("grep -la . /proc/[0-9]*/cmdline | wc -l").await.parse().unwrap();
    assert!(visible < 10, "{visible} processes");
    let name = other.run(&format!("cat /proc/{own}/comm")).await.stdout;
    assert_ne!(name.trim(), std::fs::read_to_string("/proc/self/comm").unwrap().trim());
    one.destroy().await;
    other.destroy().await;
}

/// The machine's files are not there, however one looks.
pub async fn files_of_the_machine_are_invisible(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    let secret = capsule.spec.dir.join("secret");
    std::fs::write(&secret, "secret").unwrap();
    let path = secret.display();
    capsule.must_not(&format!("cat {path} || cat /../../../..{path} || cat /proc/1/root{path}")).await;
    assert_eq!(capsule.must("ls /dev/.wrenn").await, "agent\nmemory-events");
    capsule.must_not("echo > /dev/.wrenn/agent").await;
    capsule.must_not("rm /dev/.wrenn/agent").await;
    capsule.must_not("echo 1 > /dev/.wrenn/memory-events").await;
    capsule.must_not("python3 -c 'open(\"/proc/1/exe\", \"ab\")'").await;
    capsule.destroy().await;
}

/// A user inside becomes root inside by `sudo`, and only there.
pub async fn sudo_works_inside(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    assert_eq!(capsule.must_as_user("id -u").await, "1000");
    let output = capsule.must_as_user("sudo -n id -u 2>&1").await;
    assert_eq!(output, "0");
    capsule.must_as_user("! cat /etc/shadow && ! kill -0 1").await;
    capsule.destroy().await;
}

/// Each capsule has its own loopback, and no other interface; pings work without privileges.
pub async fn each_has_its_own_loopback(subject: &dyn Subject) {
    let (one, other) = (Capsule::create(subject).await, Capsule::create(subject).await);
    let listen =
        "python3 -c 'import socket, time; s = socket.create_server((\"127.0.0.1\", 8000)); time.sleep(1000)'";
    let connect = "python3 -c 'import socket; socket.create_connection((\"127.0.0.1\", 8000))'";
    one.start(listen).await;
    super::eventually("the server listens", || async { one.run(connect).await.code == 0 }).await;
    other.must_not(connect).await;
    assert_eq!(other.must("ls /sys/class/net").await, "lo");
    other
        .must("python3 -c 'import socket; s = socket.create_server((\"::1\", 8000), family=socket.AF_INET6)'")
        .await;
    let ping =
        "python3 -c 'import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)'";
    other.must(ping).await;
    other.must_as_user(ping).await;
    one.destroy().await;
    other.destroy().await;
}

/// What programs expect of a machine is there: terminals, shared memory, null and its kin, temporary files.
pub async fn the_usual_places_are_there(subject: &dyn Subject) {
    let capsule = Capsule::create(subject).await;
    for works in [
        "echo > /dev/null",
        "head -c 10 /dev/urandom > /dev/zero",
        "python3 -c 'import pty; pty.openpty()'",
        "echo > /dev/shm/file && ! echo > /dev/file/none",
        "python3 -c 'import multiprocessing; multiprocessing.Semaphore()'",
        "test $(stat -c %a /tmp) = 1777",
        "test $(stat -c %a /dev/shm) = 1777",
        "echo text > /dev/stderr",
        "cat <(echo text) | grep text",
        "grep -q '^/ ' <(awk '{print $5 \" \"}' /proc/self/mountinfo)",
        "test $(cat /etc/hostname) = $(hostname)",
        "chown user /tmp && chgrp 5 /tmp && mkfifo /tmp/fifo && ln -s x /tmp/link",
        "chroot / true",
        "strace -V > /dev/null 2>&1 || true",
    ] {
        capsule.must(works).await;
    }
    capsule.must_as_user("echo > /tmp/mine && echo > /dev/null && mktemp && echo > /dev/shm/mine").await;
    capsule.destroy().await;
}
