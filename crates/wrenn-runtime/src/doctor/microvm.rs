//! Virtual machines, and which runtime a server chooses by itself.

use super::Check;
use crate::choice::{Choice, Microvms, choose};

/// What `--runtime auto` comes to here, and why; and whether the processor runs virtual machines.
pub(super) fn all() -> Vec<Check> {
    let microvms = Microvms::of_this_machine();
    let name = "virtual machines";
    let machines = match &microvms {
        Microvms::Hardware => Check::good(name, "the processor runs them; a guest was tried"),
        Microvms::Emulation { because } => Check::warning(
            name,
            format!("in software only, which is slow: {because}"),
            "none is needed for containers; for fast ones take a machine with nested virtualisation",
        ),
        Microvms::None { because } => Check::warning(
            name,
            because,
            "none is needed for containers; on Debian `apt-get install qemu-system-x86` makes them possible",
        ),
    };
    let mut checks = vec![machines];
    if let Ok(Choice { kinds, .. }) = choose(&[], &microvms) {
        let offered = kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", else as ");
        checks.push(Check::good("runtime", format!("by itself a server isolates capsules as {offered}")));
    }
    checks
}
