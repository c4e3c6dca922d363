//! Which runtimes this machine offers, and which one capsules get that ask for none.

use std::{path::Path, sync::Arc};

use wrenn_control::Runtimes;
use wrenn_runtime::{
    Kind, Runtime,
    container::{ContainerOptions, ContainerRuntime},
    microvm::{self, Accelerator, MicrovmOptions, MicrovmRuntime},
};

use super::config::RuntimeName;
use crate::error::{CliError, Result};

/// Sets up all that this machine can do. What was asked for by name must work; what else does not is left out.
pub(super) fn runtimes(wanted: RuntimeName, data_dir: &Path) -> Result<Runtimes> {
    let kvm = microvm::probe_kvm(Path::new(microvm::DEFAULT_PROGRAM));
    let default = match (wanted, &kvm) {
        (RuntimeName::Container, _) => Kind::Container,
        (RuntimeName::Microvm, Ok(())) | (RuntimeName::Auto, Ok(())) => Kind::Microvm,
        (RuntimeName::Microvm, Err(reason)) => {
            tracing::warn!(reason, "virtual machines run in software emulation, which is slow");
            Kind::Microvm
        }
        (RuntimeName::Auto, Err(reason)) => {
            tracing::info!(reason, "capsules are containers, since virtual machines would be slow");
            Kind::Container
        }
    };
    let accelerator = if kvm.is_ok() { Accelerator::Kvm } else { Accelerator::Tcg };
    let container = container(data_dir);
    let microvm = microvm(data_dir, accelerator);
    let (first, second) = match default {
        Kind::Container => (container, microvm),
        Kind::Microvm => (microvm, container),
    };
    let first = first.map_err(|error| {
        CliError::caused(error)
            .context(format!("cannot isolate capsules as {default} here"))
            .hint("`wrenn doctor` says what is missing")
    })?;
    let mut runtimes = Runtimes::new(first);
    match second {
        Ok(second) => runtimes = runtimes.and(second),
        Err(error) => tracing::info!(%error, "the other way to isolate capsules is not offered"),
    }
    tracing::info!(default = %default, %accelerator, offered = ?runtimes.kinds(), "capsules are isolated");
    Ok(runtimes)
}

fn container(data_dir: &Path) -> wrenn_runtime::Result<Arc<dyn Runtime>> {
    let options = ContainerOptions::new(data_dir.join("runtime"), wrenn_agent_binary::bytes());
    Ok(Arc::new(ContainerRuntime::new(options)?))
}

fn microvm(data_dir: &Path, accelerator: Accelerator) -> wrenn_runtime::Result<Arc<dyn Runtime>> {
    let root = data_dir.join("runtime/microvm");
    let options = MicrovmOptions::new(root, accelerator, wrenn_agent_binary::bytes());
    Ok(Arc::new(MicrovmRuntime::new(options)?))
}
