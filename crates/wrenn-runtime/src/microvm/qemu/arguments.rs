//! QEMU's command line. This is the one place that knows its options; see the contract in [`crate::microvm::guest`].

use std::{ffi::OsString, fs::File, os::fd::AsFd, path::PathBuf};

use super::inherit::Inherited;
use crate::{
    error::Result,
    microvm::{
        guest::{PORT_NAME, PRIVATE_SERIAL, layer_serial},
        machine::Accelerator,
    },
};

/// The name by which QEMU asks for the file below its memory.
pub(super) const RAM: &str = "/ram";
/// The name by which QEMU asks for KVM.
pub(super) const KVM: &str = "/dev/kvm";
/// Where the kernel and the initramfs are in QEMU's root directory.
pub(super) const KERNEL: &str = "kernel";
pub(super) const INITRAMFS: &str = "initramfs";

/// The device that keeps the last of what the guest's console prints, in memory and no longer than this.
pub(in crate::microvm) const CONSOLE: &str = "console";
pub(in crate::microvm) const CONSOLE_SIZE: u32 = 64 << 10;

/// The same hardware address in every guest: each is alone on its link.
const HARDWARE_ADDRESS: &str = "02:57:72:65:6e:02";

/// What the machine boots from, when it is not restored.
#[derive(Debug, Clone)]
pub(in crate::microvm) struct Kernel {
    pub(in crate::microvm) image: PathBuf,
    pub(in crate::microvm) initramfs: PathBuf,
    pub(in crate::microvm) command_line: String,
}

/// The open files of a machine.
#[derive(Debug)]
pub(super) struct Files<'a> {
    /// A saved state of devices to load.
    pub(super) state: Option<&'a File>,
    pub(super) monitor: &'a dyn AsFdDebug,
    pub(super) agent: &'a dyn AsFdDebug,
    pub(super) tap: &'a dyn AsFdDebug,
    pub(super) disk: &'a File,
    /// Uppermost first.
    pub(super) layers: &'a [File],
}

/// What an inherited file must be.
pub(super) trait AsFdDebug: AsFd + std::fmt::Debug {}
impl<T: AsFd + std::fmt::Debug> AsFdDebug for T {}

/// The machine that is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) accelerator: Accelerator,
    pub(super) vcpus: u32,
    pub(super) memory_mb: u32,
}

/// A command line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) arguments: Vec<OsString>,
    /// The files that the arguments name.
    pub(super) inherited: Inherited,
    /// The number of the state of devices to load.
    pub(super) state: Option<i32>,
}

/// Raise this with every change below by which the guest has other devices, in another order, or with other properties: a
/// state that was saved before then fits no more.
pub(in crate::microvm) const SHAPE: u32 = 1;

/// What QEMU is called with.
pub(super) fn line(shape: Shape, kernel: Option<&Kernel>, files: &Files<'_>) -> Result<Line> {
    let Shape { accelerator, vcpus, memory_mb } = shape;
    let mut inherited = Inherited::default();
    let mut all = Arguments::default();
    all.flags(&["-nodefaults", "-no-user-config", "-nographic", "-no-reboot", "-S"]);
    all.option("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    let machine = accelerator.machine_options();
    all.option("-machine", format!("{machine},memory-backend=ram,suppress-vmdesc=on,dump-guest-core=off"));
    all.option("-accel", accelerator.options());
    all.option("-cpu", accelerator.processor());
    all.option("-smp", accelerator.smp(vcpus));
    all.option("-m", format!("{memory_mb}M"));
    // A state of devices alone says nothing of how the machine is configured: the caller knows.
    all.option("-global", "migration.send-configuration=off");
    let merging = "share=off,merge=off,dump=off";
    all.option("-object", format!("memory-backend-file,id=ram,size={memory_mb}M,mem-path={RAM},{merging}"));

    let monitor = inherited.add(files.monitor)?;
    all.option("-chardev", format!("socket,id=monitor,fd={monitor},server=on,wait=off"));
    all.option("-mon", "chardev=monitor,mode=control");
    all.option("-chardev", format!("ringbuf,id={CONSOLE},size={CONSOLE_SIZE}"));
    all.option("-serial", format!("chardev:{CONSOLE}"));

    let agent = inherited.add(files.agent)?;
    all.option("-chardev", format!("socket,id=agent,fd={agent},server=on,wait=off"));
    all.option("-device", format!("{},max_ports=2", accelerator.device("virtio-serial")));
    all.option("-device", format!("virtserialport,chardev=agent,name={PORT_NAME},nr=1"));
    all.option("-object", "rng-builtin,id=random");
    all.option("-device", format!("{},rng=random", accelerator.device("virtio-rng")));

    let tap = inherited.add(files.tap)?;
    all.option("-netdev", format!("tap,id=net,fd={tap}"));
    let no_rom = if accelerator == Accelerator::Tcg { ",romfile=" } else { "" };
    let card = accelerator.device("virtio-net");
    all.option("-device", format!("{card},netdev=net,mac={HARDWARE_ADDRESS}{no_rom}"));

    let mut set = 1;
    let block = accelerator.device("virtio-blk");
    for (number, layer) in files.layers.iter().enumerate() {
        let fd = inherited.add(layer)?;
        all.option("-add-fd", format!("fd={fd},set={set}"));
        let node = format!("layer{number}");
        all.option("-blockdev", format!("raw,node-name={node},read-only=on,{}", file(set)));
        all.option("-device", format!("{block},drive={node},serial={}", layer_serial(number)));
        set += 1;
    }
    let disk = inherited.add(files.disk)?;
    all.option("-add-fd", format!("fd={disk},set={set}"));
    all.option("-blockdev", format!("raw,node-name=disk,discard=unmap,{},file.discard=unmap", file(set)));
    all.option("-device", format!("{block},drive=disk,serial={PRIVATE_SERIAL},werror=report"));

    match kernel {
        Some(kernel) => {
            all.option("-kernel", format!("/{KERNEL}"));
            all.option("-initrd", format!("/{INITRAMFS}"));
            all.option("-append", kernel.command_line.clone());
        }
        None => all.option("-incoming", "defer"),
    }
    let state = files.state.map(|state| inherited.add(state)).transpose()?;
    Ok(Line { arguments: all.0, inherited, state })
}

/// Nobody else has the disk of a capsule, and nobody writes to a layer, so that no locks are needed.
fn file(set: u32) -> String {
    format!("file.driver=file,file.filename=/dev/fdset/{set},file.locking=off")
}

#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn flags(&mut self, flags: &[&str]) {
        self.0.extend(flags.iter().map(OsString::from));
    }

    fn option(&mut self, name: &str, value: impl Into<OsString>) {
        self.0.push(name.into());
        self.0.push(value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(accelerator: Accelerator, kernel: Option<&Kernel>) -> String {
        let file = tempfile::tempfile().unwrap();
        let layers = [file.try_clone().unwrap(), file.try_clone().unwrap()];
        let files =
            Files { state: None, monitor: &file, agent: &file, tap: &file, disk: &file, layers: &layers };
        let shape = Shape { accelerator, vcpus: 2, memory_mb: 512 };
        let line = line(shape, kernel, &files).unwrap();
        line.arguments.join(std::ffi::OsStr::new(" ")).into_string().unwrap()
    }

    #[test]
    fn a_machine_that_boots_has_a_kernel_and_one_that_is_restored_waits() {
        let kernel = Kernel {
            image: "/boot/linux".into(),
            initramfs: "/boot/initramfs".into(),
            command_line: "console=ttyS0 quiet".to_owned(),
        };
        let boots = text(Accelerator::Tcg, Some(&kernel));
        assert!(boots.ends_with("-kernel /kernel -initrd /initramfs -append console=ttyS0 quiet"), "{boots}");
        let restored = text(Accelerator::Tcg, None);
        assert!(restored.ends_with("-incoming defer"), "{restored}");
    }

    #[test]
    fn every_machine_is_locked_down_and_has_nothing_by_default() {
        for accelerator in [Accelerator::Kvm, Accelerator::Tcg] {
            let line = text(accelerator, None);
            assert!(line.starts_with("-nodefaults -no-user-config -nographic -no-reboot -S -sandbox on,"));
            assert_eq!(line.matches("read-only=on").count(), 2, "{line}");
            assert_eq!(line.matches(accelerator.as_str()).count(), 1, "{line}");
            assert_eq!(line.contains("-pci"), accelerator == Accelerator::Tcg, "{line}");
        }
    }
}
