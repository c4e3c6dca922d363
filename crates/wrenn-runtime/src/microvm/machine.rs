//! What kind of machine QEMU plays.

use std::fs;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::checksum;
use crate::error::{Error, Result};

/// What executes the guest's instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Accelerator {
    /// The processor, by its virtualisation extensions.
    Kvm,
    /// QEMU itself, in software: slow, but as much a virtual machine.
    Tcg,
}

impl Accelerator {
    /// The name as people and files have it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::Tcg => "tcg",
        }
    }

    /// The machine type: the smallest under KVM. Under software emulation that one has no clock to measure its processor
    /// against, and hangs in some of its boots.
    #[must_use]
    pub fn machine_options(self) -> &'static str {
        match self {
            Self::Kvm => "microvm,x-option-roms=off,isa-serial=on,rtc=on",
            Self::Tcg => "q35,usb=off,sata=off,smbus=off,vmport=off",
        }
    }

    /// Options of the accelerator.
    pub(super) fn options(self) -> String {
        match self {
            Self::Kvm => String::from("kvm"),
            Self::Tcg => format!("tcg,thread=multi,tb-size={TRANSLATED_MB}"),
        }
    }

    pub(super) fn processor(self) -> &'static str {
        match self {
            Self::Kvm => "host",
            Self::Tcg => "max",
        }
    }

    /// How many processors the machine has. Where there can never be a second one, QEMU's emulator plays locked instructions as
    /// plain ones, as if nobody else read the guest's memory. Its devices do: when the guest and one of them miss each other's
    /// last word, both wait for the next. So in software there is always room for a second processor, which never comes.
    pub(super) fn smp(self, vcpus: u32) -> String {
        match self {
            Self::Kvm => vcpus.to_string(),
            Self::Tcg => format!("{vcpus},maxcpus={}", vcpus.max(2)),
        }
    }

    /// What a virtio device is called, by the bus of the machine.
    pub(super) fn device(self, name: &str) -> String {
        match self {
            Self::Kvm => format!("{name}-device"),
            Self::Tcg => format!("{name}-pci"),
        }
    }

    /// Memory that QEMU may take beside the guest's, in MiB: its own, and in software emulation translated code.
    pub(super) fn overhead_mb(self) -> u32 {
        match self {
            Self::Kvm => 192,
            Self::Tcg => 192 + TRANSLATED_MB,
        }
    }
}

impl std::fmt::Display for Accelerator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a saved state depends on of the processor that executes the guest's instructions: nothing in software.
pub(super) fn processor(accelerator: Accelerator) -> Result<String> {
    match accelerator {
        Accelerator::Tcg => Ok(String::new()),
        Accelerator::Kvm => {
            let text = fs::read_to_string(PROCESSORS).map_err(Error::file("read", PROCESSORS))?;
            Ok(fingerprint(&text))
        }
    }
}

const PROCESSORS: &str = "/proc/cpuinfo";

/// Of the name and the abilities of the first processor; the order of the latter, and clocks, are of no meaning.
fn fingerprint(processors: &str) -> String {
    let value = |name: &str| {
        let mut values = processors.lines().filter_map(|line| line.split_once(':'));
        values.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let mut flags: Vec<_> = value("flags").split_whitespace().collect();
    flags.sort_unstable();
    let text = format!("{}\n{}", value("model name"), flags.join(" "));
    checksum::hex(Sha256::new().chain_update(text))[..16].to_owned()
}

/// Room for translated code, in MiB.
const TRANSLATED_MB: u32 = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_always_has_room_for_a_second_processor() {
        assert_eq!(Accelerator::Tcg.smp(1), "1,maxcpus=2");
        assert_eq!(Accelerator::Tcg.smp(4), "4,maxcpus=4");
        assert_eq!(Accelerator::Kvm.smp(1), "1");
    }

    #[test]
    fn processors_differ_by_name_and_abilities() {
        let of = |name: &str, clock: &str, flags: &str| {
            let one = format!("model name\t: {name}\ncpu MHz\t\t: {clock}\nflags\t\t: {flags}\n\n");
            fingerprint(&one.repeat(2))
        };
        let first = of("A", "1000.1", "fpu vme");
        assert_eq!(first, of("A", "2000.2", "vme fpu"));
        assert_ne!(first, of("B", "1000.1", "fpu vme"));
        assert_ne!(first, of("A", "1000.1", "fpu vme avx"));
        assert_eq!(processor(Accelerator::Tcg).unwrap(), "");
    }
}
