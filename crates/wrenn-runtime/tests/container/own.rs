//! What only the container runtime has: its layout on disk, its list of capabilities, its engine's failures.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    sync::Arc,
    time::Duration,
};

use wrenn_runtime::{
    Condition, Error, NetworkNamespace, Runtime,
    conformance::{Capsule, Subject, eventually},
    container::{ContainerOptions, ContainerRuntime},
};

use crate::support::Containers;

fn bits(name: &str) -> u32 {
    match name {
        "chown" => 0,
        "dac_override" => 1,
        "fowner" => 3,
        "fsetid" => 4,
        "kill" => 5,
        "setgid" => 6,
        "setuid" => 7,
        "setpcap" => 8,
        "net_bind_service" => 10,
        "sys_chroot" => 18,
        "setfcap" => 31,
        other => panic!("{other} is not on the list"),
    }
}

#[tokio::test]
async fn root_has_the_stated_capabilities_and_no_other() {
    let containers = Containers::new().await;
    let capsule = Capsule::create(&containers).await;
    let stated = [
        "chown",
        "dac_override",
        "fowner",
        "fsetid",
        "kill",
        "net_bind_service",
        "setfcap",
        "setgid",
        "setpcap",
        "setuid",
        "sys_chroot",
    ];
    let expected = stated.iter().fold(0_u64, |all, name| all | 1 << bits(name));
    for kind in ["CapBnd", "CapEff", "CapPrm"] {
        let found = capsule.must(&format!("awk '/{kind}/ {{ print $2 }}' /proc/self/status")).await;
        assert_eq!(found, format!("{expected:016x}"), "{kind}");
    }
    assert_eq!(
        capsule.must("awk '/CapInh|CapAmb/ { print $2 }' /proc/1/status").await,
        ["0000000000000000"; 2].join("\n")
    );
    assert_eq!(capsule.must("awk '/Seccomp:|NoNewPrivs/ { print $2 }' /proc/self/status").await, "0\n2");
    capsule.destroy().await;
}

#[tokio::test]
async fn files_of_root_inside_belong_to_nobody_outside() {
    let containers = Containers::new().await;
    let capsule = Capsule::create(&containers).await;
    let first = capsule.spec.first_id;
    capsule.must("cp /bin/true /root/setuid && chmod 4755 /root/setuid && touch /root/user && chown user /root/user").await;
    let upper = capsule.spec.dir.join("runtime/upper");
    let owner = |path: &str| fs::symlink_metadata(upper.join(path)).unwrap().uid();
    assert_eq!([owner("root/setuid"), owner("root/user"), owner(".")], [first, first + 1000, first]);
    let own = fs::metadata("/proc/self/ns/user").unwrap().ino();
    let pid = containers.container_runtime().first_process(&capsule.spec).unwrap();
    for namespace in ["user", "pid", "mnt", "ipc", "uts", "net", "cgroup"] {
        let inside = fs::metadata(format!("/proc/{pid}/ns/{namespace}")).unwrap().ino();
        let outside = fs::metadata(format!("/proc/self/ns/{namespace}")).unwrap().ino();
        assert_ne!(inside, outside, "{namespace}");
    }
    assert_ne!(fs::metadata(format!("/proc/{pid}/ns/user")).unwrap().ino(), own);
    let layer = fs::metadata(containers.layers[0].join("etc/passwd")).unwrap();
    assert_eq!(layer.uid(), 0, "the template's files are as they were");
    capsule.destroy().await;
}

#[tokio::test]
async fn only_the_owner_reaches_the_socket_and_nothing_is_mounted_on_the_host() {
    let containers = Containers::new().await;
    let before = fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count();
    let capsule = Capsule::create(&containers).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let runtime = capsule.spec.dir.join("runtime");
    assert_eq!((mode(&runtime), mode(&runtime.join("agent.sock"))), (0o700, 0o600));
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(!mounts.contains(&capsule.spec.id), "{mounts}");
    assert!(mounts.lines().count() <= before + 2, "others may mount something meanwhile: {mounts}");
    for device in ["null", "zero", "full", "random", "urandom", "tty"] {
        assert_eq!(
            fs::metadata(Path::new("/dev").join(device)).unwrap().uid(),
            0,
            "{device} is still the host's"
        );
    }
    capsule.destroy().await;
}

#[tokio::test]
async fn a_directory_with_a_long_name_works() {
    let containers = Containers::new().await;
    let mut spec = containers.spec();
    spec.dir = spec.dir.join("long".repeat(40)).join("longer".repeat(30));
    fs::create_dir_all(&spec.dir).unwrap();
    let capsule = Capsule::create_from(containers.runtime(), spec).await;
    assert_eq!(capsule.must("echo here").await, "here");
    capsule.destroy().await;
}

fn network() -> NetworkNamespace {
    NetworkNamespace::loopback().unwrap()
}

/// A runtime whose engine is the shell script.
fn with_engine(containers: &Containers, script: &str) -> ContainerRuntime {
    let program = containers.directory.path().join("engine");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    ContainerRuntime::new(ContainerOptions { program, ..containers.options() }).unwrap()
}

#[tokio::test]
async fn a_failing_engine_is_quoted_and_leaves_nothing() {
    let containers = Containers::new().await;
    let (runtime, spec) = (with_engine(&containers, "echo 'no luck today' >&2; exit 3"), containers.spec());
    let error = runtime.create(&spec, &network()).await.unwrap_err();
    assert!(matches!(&error, Error::Program { stderr, .. } if stderr == "no luck today"), "{error}");
    assert!(error.to_string().contains("exit status: 3"), "{error}");
    assert_eq!(containers.remains(&spec), [""; 0]);
}

#[tokio::test]
async fn an_engine_that_floods_its_output_is_quoted_in_part() {
    let containers = Containers::new().await;
    let script = "head -c 5000000 /dev/urandom >&2; echo 'the end' >&2; kill -9 $$";
    let (runtime, spec) = (with_engine(&containers, script), containers.spec());
    let error = runtime.create(&spec, &network()).await.unwrap_err().to_string();
    assert!(error.ends_with("the end") && error.len() < 10_000 && error.contains("signal: 9"), "{error}");
    assert_eq!(containers.remains(&spec), [""; 0]);
}

#[tokio::test]
async fn a_creation_that_hangs_is_ended_by_destroy_of_another_process() {
    let containers = Containers::new().await;
    let (runtime, spec) = (Arc::new(with_engine(&containers, "sleep 1000")), containers.spec());
    let creating = tokio::spawn({
        let (runtime, spec) = (Arc::clone(&runtime), spec.clone());
        async move { runtime.create(&spec, &network()).await }
    });
    let group = fs::read_dir("/sys/fs/cgroup")
        .unwrap()
        .flatten()
        .map(|entry| entry.path().join("wrenn").join(&spec.id));
    let members: Vec<_> = group.map(|group| group.join("cgroup.procs")).collect();
    let started =
        || async { members.iter().any(|file| fs::read_to_string(file).is_ok_and(|text| !text.is_empty())) };
    eventually("the engine runs", started).await;
    containers.runtime().destroy(&spec).await.unwrap();
    creating.await.unwrap().unwrap_err();
    assert_eq!(containers.remains(&spec), [""; 0]);
}

#[tokio::test]
async fn an_agent_that_does_not_start_is_reported_with_what_it_printed() {
    let containers = Containers::new().await;
    let spec = containers.spec();
    for (agent, said) in [
        (&b"#!/bin/sh\necho 'not today'; exit 1"[..], "not today"),
        (b"this is no program", "Exec format error"),
    ] {
        let options = ContainerOptions::new(containers.directory.path().join("other"), agent);
        let error = ContainerRuntime::new(options).unwrap().create(&spec, &network()).await.unwrap_err();
        assert!(error.to_string().to_lowercase().contains(&said.to_lowercase()), "{error}");
        assert_eq!(containers.remains(&spec), [""; 0]);
    }
}

#[test]
fn a_missing_engine_is_named() {
    let options = ContainerOptions::new("/nonexistent", &b""[..]);
    let options = ContainerOptions { program: "no-such-engine".into(), ..options };
    let error = ContainerRuntime::new(options).unwrap_err();
    assert!(matches!(error, Error::ProgramMissing { .. }), "{error}");
}

#[tokio::test]
async fn the_number_of_an_ended_capsule_is_not_mixed_up_with_a_later_process() {
    let containers = Containers::new().await;
    let capsule = Capsule::create(&containers).await;
    let record = capsule.spec.dir.join("runtime/init.json");
    let mut note: serde_json::Value = serde_json::from_slice(&fs::read(&record).unwrap()).unwrap();
    containers.crash(&capsule.spec);
    capsule.runtime.wait(&capsule.spec).await.unwrap();
    // As if the number now were this very process's.
    note["pid"] = std::process::id().into();
    fs::write(&record, note.to_string()).unwrap();
    assert_eq!(capsule.runtime.inspect(&capsule.spec).await.unwrap(), Condition::Exited);
    capsule.runtime.wait(&capsule.spec).await.unwrap();
    capsule.runtime.stop(&capsule.spec, Duration::from_millis(10)).await.unwrap();
    capsule.destroy().await;
}

/// In threads with a mount namespace of their own, so that the full disk is nobody else's.
#[expect(unsafe_code, reason = "a thread leaves its mount namespace")]
#[test]
fn a_full_disk_is_a_clear_error_and_leaves_nothing() {
    use rustix::{
        mount::{MountFlags, MountPropagationFlags, mount, mount_change},
        thread::{UnshareFlags, unshare_unsafe},
    };
    let test = async {
        let containers = Containers::new().await;
        let spec = containers.spec();
        let runtime = containers.runtime();
        for limit in
            ["nr_inodes=3", "nr_inodes=5", "nr_inodes=7", "nr_inodes=9", "size=4k", "size=8k", "size=12k"]
        {
            let options = std::ffi::CString::new(limit).unwrap();
            mount("full", &spec.dir, "tmpfs", MountFlags::empty(), Some(options.as_c_str())).unwrap();
            let error = runtime.create(&spec, &network()).await.expect_err(limit);
            assert!(error.is_out_of_space(), "{limit}: {error:?}");
            assert_eq!(containers.remains_but_mounts(&spec), [""; 0], "{limit}");
            rustix::mount::unmount(&spec.dir, rustix::mount::UnmountFlags::DETACH).unwrap();
        }
    };
    let thread = std::thread::spawn(move || {
        // SAFETY: concerns this thread and those that it starts, which share no files that others rely on.
        unsafe { unshare_unsafe(UnshareFlags::FS | UnshareFlags::NEWNS) }.unwrap();
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
    });
    thread.join().unwrap();
}
