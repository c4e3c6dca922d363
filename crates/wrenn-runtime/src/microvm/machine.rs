//! What kind of machine QEMU plays.

use serde::{Deserialize, Serialize};

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

/// Room for translated code, in MiB.
const TRANSLATED_MB: u32 = 128;
