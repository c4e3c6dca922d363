//! What a machine costs, next to what QEMU alone costs in the same run. Times of a busy machine say nothing, so these
//! are for a full run only.

use std::{
    fs,
    os::{fd::AsRawFd, unix::process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::net::UnixStream;
use wrenn_runtime::{
    NetworkNamespace, Runtime,
    conformance::{Capsule, Subject, eventually},
    microvm::{MicrovmOptions, guest},
};

use crate::support::{Machines, accelerator};

const RUNS: usize = 9;

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Until the agent answers: a bare QEMU, a machine with nothing ahead, one with a process that waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_costs_what_qemu_costs() {
    let machines = Machines::with(|options| MicrovmOptions { spares: 1, ..options }).await;
    let spec = machines.spec();
    let ahead = machines.microvm_runtime().clone();
    let alone = machines.runtime();
    let (base, images) = ahead.saved_machine(&spec).await.unwrap().unwrap();
    // The first use checks the files.
    Capsule::create_from(Arc::clone(&alone), machines.spec()).await.destroy().await;
    Capsule::create_from(Arc::new(ahead.clone()), machines.spec()).await.destroy().await;
    let network = NetworkNamespace::loopback().unwrap();
    let (mut bare, mut cold, mut warm) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let scratch = machines.directory.path().join(format!("bare{run}"));
        fs::create_dir(&scratch).unwrap();
        assert!(
            Command::new("cp")
                .arg("--sparse=always")
                .arg(base.join("disk"))
                .arg(&scratch)
                .status()
                .unwrap()
                .success()
        );
        // What the guest has agreed on with its network card, only a tap device can do.
        let empty = NetworkNamespace::loopback().unwrap();
        let started = Instant::now();
        let mut qemu = empty.run(|| bare_qemu(&base, &images[0], &scratch)).unwrap();
        answers(&scratch.join("agent.sock")).await;
        bare.push(started.elapsed());
        qemu.kill().unwrap();
        qemu.wait().unwrap();

        cold.push(creation(&machines, alone.as_ref(), &network).await);
        eventually("a machine waits", || async { ahead.waiting() == 1 }).await;
        warm.push(creation(&machines, &ahead, &network).await);
    }
    let [bare, cold, warm] = [bare, cold, warm].map(median);
    println!(
        "until the agent answers: bare QEMU {bare:?}, restored {cold:?}, with a process that waits {warm:?}"
    );
    assert!(cold < bare.mul_f64(1.3), "{cold:?} against {bare:?}");
    assert!(warm < bare, "{warm:?} against {bare:?}");
}

async fn creation(machines: &Machines, runtime: &dyn Runtime, network: &NetworkNamespace) -> Duration {
    let spec = machines.spec();
    let started = Instant::now();
    runtime.create(&spec, network).await.unwrap();
    drop(runtime.connect(&spec).await.unwrap());
    let elapsed = started.elapsed();
    runtime.destroy(&spec).await.unwrap();
    elapsed
}

async fn answers(socket: &Path) {
    let connected = guest::connect(|| async {
        loop {
            match UnixStream::connect(socket).await {
                Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
                connected => return connected,
            }
        }
    });
    tokio::time::timeout(wrenn_runtime::conformance::PATIENCE, connected).await.unwrap().unwrap();
}

/// The same machine without anything around it.
fn bare_qemu(base: &Path, image: &Path, scratch: &Path) -> Child {
    let devices = fs::File::open(base.join("devices")).unwrap();
    let file = |path: &Path| format!("file.driver=file,file.filename={}", path.display());
    let line = format!(
        "-nodefaults -no-user-config -nographic -machine {},memory-backend=ram,suppress-vmdesc=on -accel {} -cpu {} -smp 1,maxcpus=2 -m 256M \
         -global migration.send-configuration=off \
         -object memory-backend-file,id=ram,size=256M,mem-path={},share=off \
         -chardev ringbuf,id=console,size=65536 -serial chardev:console \
         -chardev socket,id=agent,path={},server=on,wait=off -device virtio-serial-pci,max_ports=2 \
         -device virtserialport,chardev=agent,name=wrenn.agent,nr=1 \
         -object rng-builtin,id=random -device virtio-rng-pci,rng=random \
         -netdev tap,id=net,ifname=vm0,script=no,downscript=no -device virtio-net-pci,netdev=net,mac=02:57:72:65:6e:02,romfile= \
         -blockdev raw,node-name=layer0,read-only=on,{} \
         -device virtio-blk-pci,drive=layer0,serial=wrenn-layer-0 \
         -blockdev raw,node-name=disk,{} -device virtio-blk-pci,drive=disk,serial=wrenn-private \
         -incoming fd:{}",
        accelerator().machine_options(),
        accelerator(),
        if accelerator() == wrenn_runtime::microvm::Accelerator::Tcg { "max" } else { "host" },
        base.join("ram").display(),
        scratch.join("agent.sock").display(),
        file(image),
        file(&scratch.join("disk")),
        devices.as_raw_fd(),
    );
    let mut command = Command::new("qemu-system-x86_64");
    command.args(line.split_whitespace()).stdin(Stdio::null());
    inherit(&mut command, devices);
    command.spawn().unwrap()
}

#[expect(unsafe_code, reason = "a descriptor is made to outlive exec")]
fn inherit(command: &mut Command, file: fs::File) {
    // SAFETY: only makes a system call between fork and exec.
    unsafe {
        command.pre_exec(move || {
            rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty())?;
            Ok(())
        });
    }
}

/// An idle capsule of 512 MiB is paused and its memory is free.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_short_and_frees_the_memory() {
    let machines = Machines::new().await;
    let spec = || wrenn_runtime::CapsuleSpec { memory_mb: 512, ..machines.spec() };
    machines.microvm_runtime().save_template(&spec()).await.unwrap();
    let capsule = Capsule::create_from(machines.runtime(), spec()).await;
    capsule.must("head -c 50000000 /dev/urandom > /dev/shm/file").await;
    let (mut pauses, mut resumptions) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let before = available_mb();
        let started = Instant::now();
        capsule.runtime.pause(&capsule.spec).await.unwrap();
        pauses.push(started.elapsed());
        println!("paused in {:?}: {} MiB more are free", started.elapsed(), available_mb() - before);
        let started = Instant::now();
        capsule.resume().await;
        resumptions.push(started.elapsed());
        capsule.must("true").await;
    }
    let (pause, resumption) = (median(pauses), median(resumptions));
    println!("512 MiB, 50 MB of them written: paused in {pause:?}, resumed in {resumption:?}");
    assert!(pause < Duration::from_millis(300), "{pause:?}");
    capsule.destroy().await;
}

fn available_mb() -> i64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:")).unwrap();
    line.split_whitespace().next().unwrap().parse::<i64>().unwrap() / 1024
}

/// Of twenty capsules from one template, each holds only what it wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_capsules_share_what_none_has_written() {
    let machines = Machines::new().await;
    let runtime = machines.runtime();
    let mut capsules = Vec::new();
    for _ in 0..20 {
        let capsule = Capsule::create_from(Arc::clone(&runtime), machines.spec()).await;
        capsule.must("true").await;
        capsules.push(capsule);
    }
    let mut all = Vec::new();
    for capsule in &capsules {
        all.push(runtime.usage(&capsule.spec).await.unwrap().memory_bytes >> 20);
    }
    println!("private memory of twenty capsules with 256 MiB each, QEMU's own included, in MiB: {all:?}");
    assert!(all.iter().all(|mb| *mb < 200), "{all:?}");
    for capsule in capsules {
        capsule.destroy().await;
    }
}

/// Thirty boots of thirty answer; a boot that hung was tried again, which the log tells.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_boots_of_thirty_answer() {
    let machines = Machines::new().await;
    let mut times = Vec::new();
    for _ in 0..30 {
        // A size that nothing was saved for.
        let spec = wrenn_runtime::CapsuleSpec { memory_mb: 259, ..machines.spec() };
        let network = NetworkNamespace::loopback().unwrap();
        let started = Instant::now();
        machines.microvm_runtime().create(&spec, &network).await.unwrap();
        times.push(started.elapsed());
        machines.microvm_runtime().destroy(&spec).await.unwrap();
    }
    times.sort();
    println!("thirty boots: {:?} to {:?}, median {:?}", times[0], times[29], times[15]);
}

/// Twenty copies of one running capsule have no random number in common.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_forks_share_no_random_number() {
    let machines = Machines::new().await;
    let original = Capsule::create(&machines).await;
    let into: Vec<_> = (0..20).map(|_| (machines.spec(), NetworkNamespace::loopback().unwrap())).collect();
    let started = Instant::now();
    let made = original.runtime.fork(&original.spec, &into).await.unwrap();
    println!("twenty forks in {:?}", started.elapsed());
    let mut seen = std::collections::BTreeSet::new();
    let mut all = vec![original];
    for ((spec, _), made) in into.into_iter().zip(made) {
        made.unwrap();
        let copy = Capsule::adopt(Arc::clone(&all[0].runtime), spec);
        copy.refresh().await;
        all.push(copy);
    }
    for capsule in &all {
        let script = "head -c 16 /dev/urandom | od -An -tx1; cat /proc/sys/kernel/random/uuid; \
                      python3 -c 'import os; print(os.urandom(16).hex())'";
        seen.extend(capsule.must(script).await.lines().map(str::to_owned));
    }
    assert_eq!(seen.len(), 3 * all.len());
    for capsule in all {
        capsule.destroy().await;
    }
}
