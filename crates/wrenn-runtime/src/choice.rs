//! Which runtimes a server offers on its machine, and which of them is the default.

use std::path::Path;

use crate::{Kind, microvm};

/// By what means this machine can run virtual machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Microvms {
    /// By its processor.
    Hardware,
    /// By emulation in software, which is slow.
    Emulation {
        /// Why not by its processor.
        because: String,
    },
    /// By none.
    None {
        /// What is missing.
        because: String,
    },
}

/// What a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The kinds, the default first.
    pub kinds: Vec<Kind>,
    /// Why, in a sentence for people.
    pub reason: String,
}

/// A kind was asked for that this machine cannot run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this machine cannot run virtual machines: {because}")]
pub struct NoMicrovms {
    /// What is missing.
    pub because: String,
}

impl Microvms {
    /// Finds out, by running a guest of a few instructions.
    pub fn of_this_machine() -> Self {
        let program = Path::new(microvm::DEFAULT_PROGRAM);
        if !program.exists() {
            let because = format!("{} is not there; install QEMU", program.display());
            return Self::None { because };
        }
        match microvm::probe_kvm(program) {
            Ok(()) => Self::Hardware,
            Err(because) => Self::Emulation { because },
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Hardware => "the processor runs virtual machines (KVM)".to_owned(),
            Self::Emulation { because } => {
                format!("virtual machines run in software only (TCG), which is slow: {because}")
            }
            Self::None { because } => format!("virtual machines cannot run here: {because}"),
        }
    }
}

/// Offers the kinds that are `wanted`, the default first; when none is, all that the machine can run, and virtual machines by
/// default only where the processor runs them.
///
/// # Errors
/// Virtual machines are wanted where there can be none.
pub fn choose(wanted: &[Kind], microvms: &Microvms) -> Result<Choice, NoMicrovms> {
    let reason = microvms.describe();
    if wanted.is_empty() {
        let kinds = match microvms {
            Microvms::Hardware => vec![Kind::Microvm, Kind::Container],
            Microvms::Emulation { .. } => vec![Kind::Container, Kind::Microvm],
            Microvms::None { .. } => vec![Kind::Container],
        };
        return Ok(Choice { kinds, reason });
    }
    let mut kinds = Vec::new();
    for kind in wanted {
        if !kinds.contains(kind) {
            kinds.push(*kind);
        }
    }
    match microvms {
        Microvms::None { because } if kinds.contains(&Kind::Microvm) => {
            Err(NoMicrovms { because: because.clone() })
        }
        _ if kinds.contains(&Kind::Microvm) => Ok(Choice { kinds, reason }),
        _ => Ok(Choice { kinds, reason: "they were asked for".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTAINER: Kind = Kind::Container;
    const MICROVM: Kind = Kind::Microvm;

    fn emulation() -> Microvms {
        Microvms::Emulation { because: "no svm".to_owned() }
    }

    fn none() -> Microvms {
        Microvms::None { because: "no QEMU".to_owned() }
    }

    #[test]
    fn by_itself_it_takes_the_strongest_that_is_not_slow_and_offers_the_others() {
        let kinds = |microvms: &Microvms| choose(&[], microvms).unwrap().kinds;
        assert_eq!(kinds(&Microvms::Hardware), [MICROVM, CONTAINER]);
        assert_eq!(kinds(&emulation()), [CONTAINER, MICROVM]);
        assert_eq!(kinds(&none()), [CONTAINER]);
        let reason = choose(&[], &emulation()).unwrap().reason;
        assert_eq!(reason, "virtual machines run in software only (TCG), which is slow: no svm");
    }

    #[test]
    fn what_is_asked_for_is_offered_and_nothing_else() {
        for wanted in [vec![CONTAINER], vec![MICROVM], vec![MICROVM, CONTAINER], vec![CONTAINER, MICROVM]] {
            assert_eq!(choose(&wanted, &emulation()).unwrap().kinds, wanted);
        }
        assert_eq!(choose(&[MICROVM, MICROVM], &Microvms::Hardware).unwrap().kinds, [MICROVM]);
        assert_eq!(choose(&[CONTAINER], &none()).unwrap().kinds, [CONTAINER]);
        let refused = choose(&[CONTAINER, MICROVM], &none()).unwrap_err();
        assert_eq!(refused.to_string(), "this machine cannot run virtual machines: no QEMU");
    }
}
