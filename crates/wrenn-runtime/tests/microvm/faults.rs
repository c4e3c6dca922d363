//! Full disks and killed servers.

use std::{fs, path::Path, process::Command, sync::Arc};

use rustix::{
    mount::{MountPropagationFlags, mount_change},
    process::{Pid, Signal, kill_process},
    thread::{UnshareFlags, unshare_unsafe},
};
use wrenn_runtime::{
    CapsuleSpec, Condition, NetworkNamespace, Runtime as _,
    conformance::{Capsule, Subject, eventually},
    microvm::MicrovmOptions,
};

use crate::support::Machines;

/// In threads with a mount namespace of their own, so that the full disk is nobody else's.
#[expect(unsafe_code, reason = "a thread leaves its mount namespace")]
#[test]
fn a_full_disk_during_a_pause_leaves_the_capsule_running() {
    let test = async {
        let machines = Machines::new().await;
        let spec = machines.spec();
        mount_disk(&machines.directory.path().join("disk"), &spec.dir);
        let capsule = Capsule::create_from(machines.runtime(), spec.clone()).await;
        let filler = spec.dir.join("filler");
        fill(&filler);
        let error = capsule.runtime.pause(&spec).await.unwrap_err();
        assert!(error.is_out_of_space(), "{error:?}");
        assert_eq!(capsule.runtime.inspect(&spec).await.unwrap(), Condition::Running);
        assert_eq!(capsule.must("echo alive").await, "alive");
        fs::remove_file(&filler).unwrap();
        capsule.runtime.pause(&spec).await.unwrap();
        capsule.resume().await;
        assert_eq!(capsule.must("echo well").await, "well");
        capsule.destroy().await;
        rustix::mount::unmount(&spec.dir, rustix::mount::UnmountFlags::DETACH).unwrap();
    };
    let thread = std::thread::spawn(move || {
        // SAFETY: concerns this thread and those that it starts, which share no files that others rely on.
        unsafe { unshare_unsafe(UnshareFlags::FS | UnshareFlags::NEWNS) }.unwrap();
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
            .block_on(test);
    });
    thread.join().unwrap();
}

/// A file system of its own with some room. Not a tmpfs: to look at a hole in a file takes memory there, of which there is
/// none either when it is full.
fn mount_disk(image: &Path, at: &Path) {
    fs::File::create(image).unwrap().set_len(400 << 20).unwrap();
    let run = |command: &mut Command| assert!(command.status().unwrap().success(), "{command:?}");
    run(Command::new("mke2fs").args(["-q", "-F", "-t", "ext4", "-m", "0"]).arg(image));
    run(Command::new("mount").args(["-o", "loop"]).arg(image).arg(at));
}

fn fill(path: &Path) {
    let mut file = fs::File::create(path).unwrap();
    let error = std::io::copy(&mut std::io::repeat(7), &mut file).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}

/// A server that was killed once the state was safe, and before QEMU had ended, leaves a paused capsule.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_that_was_cut_off_is_finished_by_the_next_server() {
    let machines = Machines::new().await;
    let capsule = Capsule::create(&machines).await;
    let spec = &capsule.spec;
    let runtime = spec.dir.join("runtime");
    capsule.must("echo kept > /dev/shm/note").await;
    capsule.runtime.pause(spec).await.unwrap();
    let aside = spec.dir.join("aside");
    fs::create_dir(&aside).unwrap();
    let copy = |from: &Path, to: &Path| {
        for name in ["devices", "pages", "disk", "paused.json"] {
            let done = Command::new("cp").arg("--sparse=always").arg(from.join(name)).arg(to).status();
            assert!(done.unwrap().success());
        }
    };
    copy(&runtime, &aside);
    // The process as it would still be there: of the capsule, resumed and at once halted.
    capsule.resume().await;
    let pid = machines.microvm_runtime().first_process(spec).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::STOP).unwrap();
    copy(&aside, &runtime);

    let later = machines.runtime();
    assert_eq!(later.inspect(spec).await.unwrap(), Condition::Paused);
    // No memory is held any more.
    assert!(!Path::new(&format!("/proc/{pid}")).exists() || is_dead(pid));
    later.pause(spec).await.unwrap();
    capsule.resume().await;
    assert_eq!(capsule.must("cat /dev/shm/note").await, "kept");
    capsule.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_left_halted_goes_on() {
    let machines = Machines::new().await;
    let capsule = Capsule::create(&machines).await;
    let (spec, runtime) = (&capsule.spec, machines.microvm_runtime());
    capsule.must("echo kept > /dev/shm/note").await;
    runtime.leave_halted(spec).await.unwrap();
    assert_eq!(machines.runtime().inspect(spec).await.unwrap(), Condition::Running);
    assert_eq!(capsule.must("cat /dev/shm/note").await, "kept");
    // As a host does that could not let it go on itself.
    runtime.leave_halted(spec).await.unwrap();
    let network = NetworkNamespace::loopback().unwrap();
    machines.runtime().resume(spec, Some(&network)).await.unwrap();
    assert_eq!(capsule.must("cat /dev/shm/note").await, "kept");
    capsule.runtime.pause(spec).await.unwrap();
    capsule.resume().await;
    assert_eq!(capsule.must("cat /dev/shm/note").await, "kept");
    capsule.destroy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_capsule_with_a_full_disk_is_paused_and_resumed() {
    let machines = Machines::with(|options| MicrovmOptions {
        cache: options.root.join("cache"),
        disk_mb: 64,
        ..options
    })
    .await;
    let runtime = Arc::new(machines.microvm_runtime().clone());
    let capsule = Capsule::create_from(runtime, machines.spec()).await;
    capsule.run("cat /dev/zero > /root/large").await;
    capsule.run("cat /dev/zero > /root/small").await;
    assert_ne!(capsule.run("echo x > /root/more").await.code, 0, "the disk is full");
    capsule.runtime.pause(&capsule.spec).await.unwrap();
    capsule.resume().await;
    capsule.must("rm /root/large && echo x > /root/more").await;
    capsule.destroy().await;
}

fn is_dead(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boot_that_hangs_is_tried_again() {
    let half = |options: MicrovmOptions| MicrovmOptions { boot_limit: options.boot_limit / 2, ..options };
    let machines = Machines::with(half).await;
    // Nothing is saved that it could go on from.
    let spec = CapsuleSpec { memory_mb: 144, ..machines.spec() };
    let runtime = Arc::new(machines.microvm_runtime().clone());
    let creation = tokio::spawn(Capsule::create_from(Arc::clone(&runtime) as _, spec.clone()));
    eventually("it boots", || async { runtime.first_process(&spec).is_some() }).await;
    let hung = runtime.first_process(&spec).unwrap();
    kill_process(Pid::from_raw(hung).unwrap(), Signal::STOP).unwrap();
    let capsule = creation.await.unwrap();
    assert_eq!(capsule.must("echo well").await, "well");
    assert_ne!(runtime.first_process(&spec), Some(hung));
    assert!(!Path::new(&format!("/proc/{hung}")).exists() || is_dead(hung));
    capsule.destroy().await;
}

/// A template's saved machine that was damaged, or written in part, is not used.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_template_is_made_anew() {
    let machines = Machines::with(|options| {
        let cache = options.root.join("cache");
        MicrovmOptions { cache, ..options }
    })
    .await;
    let spec = machines.spec();
    let runtime = machines.microvm_runtime();
    let (base, _) = runtime.saved_machine(&spec).await.unwrap().unwrap();
    fs::write(base.join("devices"), "nonsense").unwrap();
    let later = machines.other_runtime(|options| {
        let cache = options.root.join("cache");
        MicrovmOptions { cache, ..options }
    });
    assert_eq!(later.saved_machine(&spec).await.unwrap(), None);
    let network = NetworkNamespace::loopback().unwrap();
    later.create(&spec, &network).await.unwrap();
    later.destroy(&spec).await.unwrap();
}

/// A template's saved machine that is whole, but not to this QEMU's liking.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_template_that_cannot_be_loaded_is_removed_and_the_capsule_boots() {
    let machines = Machines::with(|options| {
        let cache = options.root.join("cache");
        MicrovmOptions { cache, ..options }
    })
    .await;
    let runtime = machines.microvm_runtime();
    let (base, _) = runtime.saved_machine(&machines.spec()).await.unwrap().unwrap();
    fs::write(base.join("devices"), "nonsense").unwrap();
    let capsule = Capsule::create_from(Arc::new(runtime.clone()), machines.spec()).await;
    assert_eq!(capsule.must("echo well").await, "well");
    assert!(!base.exists());
    capsule.destroy().await;
}

/// A container cannot be made from a machine's memory, and says so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_refuses_a_machines_snapshot() {
    use wrenn_runtime::container::{ContainerOptions, ContainerRuntime};
    let machines = Machines::new().await;
    let spec = machines.spec();
    let (base, _) = machines.microvm_runtime().saved_machine(&spec).await.unwrap().unwrap();
    let spec = CapsuleSpec { layers: [vec![base], spec.layers.clone()].concat(), ..spec };
    let root = machines.directory.path().join("containers");
    let containers = ContainerRuntime::new(ContainerOptions::new(root, wrenn_agent_binary::bytes())).unwrap();
    let network = NetworkNamespace::loopback().unwrap();
    let error = containers.create(&spec, &network).await.unwrap_err();
    assert!(error.to_string().contains("ask for the runtime microvm"), "{error}");
    assert_eq!(containers.inspect(&spec).await.unwrap(), Condition::Missing);
}
