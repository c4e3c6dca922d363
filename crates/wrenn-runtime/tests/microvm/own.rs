//! What only virtual machines have: a kernel of their own, a process that is locked down, memory that can be saved.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf, sync::Arc, time::Duration};

use wrenn_runtime::{
    CapsuleSpec, Condition, Error, NetworkNamespace, Runtime as _,
    conformance::{Capsule, Subject, eventually},
    microvm::{Accelerator, MicrovmOptions},
};

use crate::support::{Machines, accelerator, boot_limit};

fn status(pid: i32, name: &str) -> String {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_has_a_kernel_of_its_own_and_killing_everything_in_it_harms_nobody() {
    let machines = Machines::new().await;
    let capsule = Capsule::create(&machines).await;
    for file in ["/proc/sys/kernel/random/boot_id", "/proc/sys/kernel/osrelease"] {
        // Inside the machine of `make test-kvm` both kernels are of the same package.
        if accelerator() == Accelerator::Tcg || file.ends_with("boot_id") {
            let outside = fs::read_to_string(file).unwrap();
            assert_ne!(capsule.must(&format!("cat {file}")).await, outside.trim(), "{file}");
        }
    }
    let pid = machines.microvm_runtime().first_process(&capsule.spec).unwrap();
    // The shell spares itself and what it must not reach.
    capsule.run("kill -9 -1").await;
    assert_eq!(capsule.must("echo alive").await, "alive");
    assert_eq!(machines.microvm_runtime().first_process(&capsule.spec), Some(pid));
    capsule.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn qemu_is_locked_down() {
    let machines = Machines::new().await;
    // As a server has from whoever started it: open, and to outlive exec.
    let secret = machines.directory.path().join("secret");
    let _leaking = rustix::io::dup(fs::File::create(&secret).unwrap()).unwrap();
    let (one, other) = (Capsule::create(&machines).await, Capsule::create(&machines).await);
    let pid = |capsule: &Capsule| machines.microvm_runtime().first_process(&capsule.spec).unwrap();
    let ids = [&one, &other].map(|capsule| status(pid(capsule), "Uid"));
    assert_ne!(ids[0], ids[1], "each has an id of its own");
    let pid = pid(&one);
    let id: u32 = ids[0].split_whitespace().next().unwrap().parse().unwrap();
    assert!(id > 4_200_000_000, "{id}");
    for name in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        assert_eq!(status(pid, name), "0000000000000000", "{name}");
    }
    assert_eq!([status(pid, "Seccomp"), status(pid, "NoNewPrivs"), status(pid, "Groups")], ["2", "1", ""]);
    for namespace in ["pid", "mnt", "ipc", "net", "uts"] {
        let of = |pid: &str| fs::metadata(format!("/proc/{pid}/ns/{namespace}")).unwrap().ino();
        assert_ne!(of(&pid.to_string()), of("self"), "{namespace}");
    }
    let mut seen: Vec<_> = fs::read_dir(format!("/proc/{pid}/root"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    seen.sort();
    assert_eq!(seen, ["etc", "lib", "lib64", "usr"]);
    let writable: Vec<PathBuf> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .flatten()
        .filter(|entry| {
            let name = entry.file_name().into_string().unwrap();
            let text = fs::read_to_string(format!("/proc/{pid}/fdinfo/{name}")).unwrap_or_default();
            let flags = text.lines().find_map(|line| line.strip_prefix("flags:"));
            let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).unwrap_or(0);
            flags & 3 != 0
        })
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .filter(|path| path.is_absolute() && !path.starts_with("/dev"))
        .collect();
    let mut open = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    assert!(
        !open.any(|entry| fs::read_link(entry.path()).is_ok_and(|path| path == secret)),
        "it was inherited"
    );
    // QEMU can write to its disk and to its log, and to nothing else.
    let own = ["disk", "qemu.log"].map(|name| one.spec.dir.join("runtime").join(name));
    assert!(writable.iter().all(|path| own.contains(path)), "{writable:?}");
    assert!(writable.contains(&own[0]), "the check itself works: {writable:?}");
    one.destroy().await;
    other.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_machine_has_no_process_and_goes_on_with_everything() {
    let machines = Machines::new().await;
    let capsule = Capsule::create(&machines).await;
    let (runtime, spec) = (&capsule.runtime, &capsule.spec);
    capsule.must("mount -t tmpfs none /mnt && head -c 100000000 /dev/urandom > /mnt/file").await;
    let sum = capsule.must("sha256sum < /mnt/file").await;
    capsule.start("exec 9> /root/open; for ((i = 0; ; i++)); do echo $i >&9; echo $i > /root/count; sleep 0.05; done").await;
    eventually("the count goes up", || async { capsule.must("cat /root/count || echo 0").await != "0" })
        .await;
    let mut last = 0;
    for _ in 0..cycles() {
        runtime.pause(spec).await.unwrap();
        assert_eq!(runtime.inspect(spec).await.unwrap(), Condition::Paused);
        assert_eq!(runtime.usage(spec).await.unwrap().memory_bytes, 0);
        let maps = spec.dir.join("runtime/ram").display().to_string();
        let holders = fs::read_dir("/proc").unwrap().flatten().filter(|entry| {
            fs::read_to_string(entry.path().join("maps")).is_ok_and(|text| text.contains(&maps))
        });
        assert_eq!(holders.count(), 0, "nobody holds its memory");
        let error = runtime.connect(spec).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::NotRunning { .. }), "{error}");
        capsule.resume().await;
        let count: u64 = capsule.must("cat /root/count || cat /root/count").await.parse().unwrap_or(last);
        assert!(count >= last, "{count} after {last}");
        last = count;
    }
    assert_eq!(capsule.must("sha256sum < /mnt/file").await, sum);
    let lines = "awk 'NR - 1 != $1 { exit 1 }' /root/open && tail -n 1 /root/open";
    let before: u64 = capsule.must(lines).await.parse().unwrap();
    eventually("the count goes on", || async { capsule.must(lines).await.parse::<u64>().unwrap() > before })
        .await;
    capsule.destroy().await;
}

/// How often things are done that lose something seldom: more in a full run.
fn cycles() -> u32 {
    std::env::var("WRENN_TEST_CYCLES").ok().and_then(|count| count.parse().ok()).unwrap_or(3)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_has_the_processes_and_forks_go_their_own_ways() {
    let machines = Machines::new().await;
    let original = Capsule::create(&machines).await;
    original.must("mount -t tmpfs none /mnt && echo in memory > /mnt/file").await;
    original.start("exec sleep 86399").await;
    let layer = original.spec.dir.join("layer");
    original.runtime.snapshot(&original.spec, &layer).await.unwrap();
    original.must("echo changed > /mnt/file").await;

    let mut spec = machines.spec();
    spec.layers.insert(0, layer.clone());
    let copy = Capsule::create_from(machines.runtime(), spec).await;
    assert_eq!(copy.must("cat /mnt/file").await, "in memory");
    copy.must("grep -q 8639[9] /proc/[0-9]*/cmdline").await;
    copy.destroy().await;

    let mut other_size = machines.spec();
    other_size.layers.insert(0, layer);
    other_size.memory_mb *= 2;
    let network = NetworkNamespace::loopback().unwrap();
    let error = original.runtime.create(&other_size, &network).await.unwrap_err();
    assert!(error.to_string().contains("256 MiB"), "{error}");
    original.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capsule_that_waits_for_its_turn_to_boot_is_destroyed_at_once() {
    let machines = Machines::new().await;
    let runtime = machines.microvm_runtime();
    let spec = || CapsuleSpec { memory_mb: 160, ..machines.spec() };
    let network = || NetworkNamespace::loopback().unwrap();
    let turns = std::thread::available_parallelism().unwrap().get();
    let booting: Vec<_> = (0..turns).map(|_| spec()).collect();
    let mut boots = tokio::task::JoinSet::new();
    for spec in booting.clone() {
        let (runtime, network) = (runtime.clone(), network());
        boots.spawn(async move { runtime.create(&spec, &network).await });
    }
    let have_begun = || async { booting.iter().all(|spec| !runtime.remains(spec).is_empty()) };
    eventually("all turns are taken", have_begun).await;
    let waiting = spec();
    let a_while = Duration::from_millis(100);
    tokio::time::timeout(a_while, runtime.create(&waiting, &network())).await.unwrap_err();
    assert_eq!(runtime.remains(&waiting), [""; 0]);
    runtime.destroy(&waiting).await.unwrap();
    assert!(boots.try_join_next().is_none(), "it did not wait for any of the others");
    for made in boots.join_all().await {
        made.unwrap();
    }
    for spec in &booting {
        runtime.destroy(spec).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capsule_that_boots_and_is_not_needed_any_more_is_destroyed_at_once() {
    let machines = Machines::new().await;
    let runtime = machines.microvm_runtime();
    for milliseconds in [0, 50, 200, 1_000] {
        // Of this size it hangs where it is played in software.
        let spec = CapsuleSpec { memory_mb: 64, ..machines.spec() };
        let network = NetworkNamespace::loopback().unwrap();
        let a_while = Duration::from_millis(milliseconds);
        let _ = tokio::time::timeout(a_while, runtime.create(&spec, &network)).await;
        tokio::time::timeout(boot_limit() / 2, runtime.destroy(&spec)).await.unwrap().unwrap();
        assert_eq!(runtime.remains(&spec), [""; 0]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saved_state_that_was_damaged_is_refused() {
    let machines = Machines::new().await;
    let capsule = Capsule::create(&machines).await;
    capsule.runtime.pause(&capsule.spec).await.unwrap();
    let pages = capsule.spec.dir.join("runtime/pages");
    let mut content = fs::read(&pages).unwrap();
    let last = content.len() - 1;
    content[last] ^= 1;
    fs::write(&pages, &content).unwrap();
    let network = NetworkNamespace::loopback().unwrap();
    let resume = || capsule.runtime.resume(&capsule.spec, Some(&network));
    let error = resume().await.unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
    assert_eq!(capsule.runtime.inspect(&capsule.spec).await.unwrap(), Condition::Paused);
    content[last] ^= 1;
    fs::write(&pages, &content).unwrap();
    resume().await.unwrap();
    assert_eq!(capsule.must("echo well").await, "well");
    capsule.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_waits_becomes_the_next_capsule() {
    let machines = Machines::with(|options| MicrovmOptions { spares: 1, ..options }).await;
    let runtime = machines.microvm_runtime().clone();
    let spares = machines.directory.path().join("shared/spares");
    // The first use shows that there will be more.
    Capsule::create_from(Arc::new(runtime.clone()), machines.spec()).await.destroy().await;
    eventually("a machine waits", || async { runtime.waiting() == 1 }).await;
    let capsule = Capsule::create_from(Arc::new(runtime.clone()), machines.spec()).await;
    assert_eq!(capsule.must("echo well; hostname").await, format!("well\n{}", capsule.spec.hostname));
    let spec = capsule.spec.clone();
    capsule.runtime.network(&spec).await.unwrap();
    capsule.runtime.pause(&spec).await.unwrap();
    capsule.resume().await;
    assert_eq!(capsule.must("echo well").await, "well");
    eventually("the next machine waits", || async { runtime.waiting() == 1 }).await;
    capsule.destroy().await;
    assert_eq!(machines.remains(&spec), [""; 0]);
    drop(runtime);
    let directory = machines.into_directory();
    eventually("nothing waits any more", || async { fs::read_dir(&spares).unwrap().count() == 0 }).await;
    drop(directory);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_capsule_of_a_size_boots_and_later_ones_go_on_from_there() {
    let machines = Machines::with(|options| {
        let cache = options.root.join("cache");
        MicrovmOptions { cache, saves_templates: true, ..options }
    })
    .await;
    let spec = || CapsuleSpec { memory_mb: 192, ..machines.spec() };
    let runtime = machines.microvm_runtime();
    let first = Capsule::create_from(Arc::new(runtime.clone()), spec()).await;
    first.must("mount -t tmpfs none /mnt && echo in memory > /mnt/file").await;
    first.runtime.pause(&first.spec).await.unwrap();
    first.resume().await;
    assert_eq!(first.must("cat /mnt/file").await, "in memory");
    let is_saved = || async { runtime.saved_machine(&spec()).await.unwrap().is_some() };
    eventually("the template's machine is saved", is_saved).await;
    let second = Capsule::create_from(Arc::new(runtime.clone()), spec()).await;
    let third = Capsule::create_from(Arc::new(runtime.clone()), spec()).await;
    let (base, _) = runtime.saved_machine(&spec()).await.unwrap().unwrap();
    let file = |path: PathBuf| fs::metadata(path).unwrap().ino();
    let below = |capsule: &Capsule| file(capsule.spec.dir.join("runtime/ram"));
    assert_eq!([below(&second), below(&third)], [file(base.join("ram")); 2], "both go on from it");
    assert_ne!(below(&first), below(&second));
    let random = "head -c 16 /dev/urandom | od -An -tx1; cat /proc/sys/kernel/random/uuid";
    assert_ne!(second.must(random).await, third.must(random).await);
    for capsule in [first, second, third] {
        capsule.destroy().await;
    }
}
