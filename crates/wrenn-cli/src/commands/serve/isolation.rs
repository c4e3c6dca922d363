//! What isolates the capsules of this server.

use std::{path::Path, sync::Arc};

use wrenn_control::Runtimes;
use wrenn_runtime::{
    Kind, Runtime,
    choice::{Choice, Microvms, choose},
    container::{ContainerOptions, ContainerRuntime},
    microvm::{Accelerator, MicrovmOptions, MicrovmRuntime},
};

use super::config::RuntimeName;
use crate::error::{CliError, Result};

/// Prepares what is asked for, all of which must work; or what this machine can do, of which only the default must. Says in
/// the log what it is and why.
pub(super) fn prepare(wanted: &[RuntimeName], data_dir: &Path) -> Result<Runtimes> {
    let wanted = kinds(wanted)?;
    let microvms = Microvms::of_this_machine();
    let Choice { kinds, reason } = choose(&wanted, &microvms).map_err(|error| {
        CliError::caused(error)
            .context("cannot offer the runtime microvm")
            .hint("`--runtime container` does without")
    })?;
    let mut runtimes: Option<Runtimes> = None;
    for kind in kinds {
        runtimes = match (runtimes, prepare_one(kind, &microvms, data_dir)) {
            (None, Ok(first)) => Some(Runtimes::new(first)),
            (Some(others), Ok(another)) => Some(others.and(another)),
            (Some(others), Err(error)) if wanted.is_empty() => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the runtime {kind} is not offered");
                Some(others)
            }
            (_, Err(error)) => {
                return Err(CliError::caused(error)
                    .context(format!("cannot isolate capsules as {kind} here"))
                    .hint("`wrenn doctor` says what is missing"));
            }
        };
    }
    let runtimes = runtimes.ok_or_else(|| CliError::usage("--runtime names no runtime"))?;
    let offered = runtimes.kinds().iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", else as ");
    tracing::info!(reason, "capsules are isolated as {offered}");
    Ok(runtimes)
}

/// The kinds that were named; none when the machine decides.
fn kinds(wanted: &[RuntimeName]) -> Result<Vec<Kind>> {
    if wanted.len() > 1 && wanted.contains(&RuntimeName::Auto) {
        return Err(CliError::usage("--runtime auto stands alone: it offers all that this machine can do"));
    }
    let kind = |name: &RuntimeName| match name {
        RuntimeName::Auto => None,
        RuntimeName::Container => Some(Kind::Container),
        RuntimeName::Microvm => Some(Kind::Microvm),
    };
    Ok(wanted.iter().filter_map(kind).collect())
}

fn prepare_one(kind: Kind, microvms: &Microvms, data_dir: &Path) -> wrenn_runtime::Result<Arc<dyn Runtime>> {
    match kind {
        Kind::Container => {
            let options = ContainerOptions::new(data_dir.join("runtime"), wrenn_agent_binary::bytes());
            Ok(Arc::new(ContainerRuntime::new(options)?))
        }
        Kind::Microvm => {
            let accelerator = match microvms {
                Microvms::Hardware => Accelerator::Kvm,
                Microvms::Emulation { .. } | Microvms::None { .. } => Accelerator::Tcg,
            };
            let root = data_dir.join("runtime/microvm");
            let options = MicrovmOptions::new(root, accelerator, wrenn_agent_binary::bytes());
            Ok(Arc::new(MicrovmRuntime::new(options)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_stands_alone_and_names_keep_their_order() {
        use RuntimeName::{Auto, Container, Microvm};
        assert_eq!(kinds(&[Auto]).unwrap(), []);
        assert_eq!(kinds(&[Microvm, Container]).unwrap(), [Kind::Microvm, Kind::Container]);
        kinds(&[Auto, Container]).unwrap_err();
    }
}
