//! The making of capsules.

use std::collections::BTreeMap;

use wrenn_api::{Capsule, CreateCapsuleRequest, DEFAULT_MEMORY_MB, DEFAULT_VCPUS, TeamId};
use wrenn_host::{NewCapsule, PortAccess};
use wrenn_runtime::{Capabilities, Kind, template::Template};

use crate::{Control, ControlError, Limits, Result, convert};

/// The most bytes of all environment variables together.
const MAX_ENVS: usize = 128 << 10;
const MAX_NOTES: usize = 64;
const MAX_NOTE_KEY: usize = 128;
const MAX_NOTE_VALUE: usize = 1_024;

impl Control {
    /// Makes a capsule. Answers once it runs, or after ten seconds with a capsule still in the making.
    pub async fn create_capsule(&self, team: &TeamId, request: &CreateCapsuleRequest) -> Result<Capsule> {
        check_envs(&request.envs)?;
        check_metadata(&request.metadata)?;
        let template = self.inner.templates.resolve(Some(team.as_str()), request.template())?;
        let offered = self.inner.host.runtimes().kinds();
        let runtime = check_runtime(request, &template, &offered)?;
        let vcpus = request.vcpus.or(template.vcpus).unwrap_or(DEFAULT_VCPUS);
        let memory_mb = request.memory_mb.or(template.memory_mb).unwrap_or(DEFAULT_MEMORY_MB);
        check_size(&self.inner.limits, self.inner.host.runtimes().capabilities(runtime)?, vcpus, memory_mb)?;
        let private_ports = private_ports(request, &template.defaults.private_ports);
        let new = NewCapsule {
            team_id: team.clone(),
            template: template.name,
            layers: template.layers,
            defaults: template.defaults,
            vcpus,
            memory_mb,
            timeout_sec: request.timeout_sec(),
            on_timeout: request.on_timeout(),
            envs: request.envs.clone(),
            metadata: request.metadata.clone(),
            network: request.network.clone().unwrap_or_default(),
            runtime,
            private_ports,
        };
        let view = self.inner.host.create(new).await?;
        Ok(convert::capsule(&view))
    }
}

/// The kind of runtime that is asked for, or that the template needs. One that holds memory fits nothing else than what it was
/// taken from.
fn check_runtime(
    request: &CreateCapsuleRequest,
    template: &Template,
    offered: &[Kind],
) -> Result<Option<Kind>> {
    let asked = request.runtime.map(convert::kind);
    let Some(needed) = template.runtime else { return Ok(asked) };
    let name = &template.name;
    if asked.is_some_and(|asked| asked != needed) {
        return Err(ControlError::invalid(format!(
            "The template `{name}` holds the memory of a {needed} and works with that only. Set `runtime` to `{needed}`, or leave it away."
        )));
    }
    if !offered.contains(&needed) {
        return Err(ControlError::invalid(format!(
            "The template `{name}` holds the memory of a {needed}, and this server has none. Choose another template."
        )));
    }
    let differs = |asked: Option<u32>, has: Option<u32>| asked.is_some() && has.is_some() && asked != has;
    if differs(request.vcpus, template.vcpus) || differs(request.memory_mb, template.memory_mb) {
        return Err(ControlError::invalid(format!(
            "The template `{name}` holds the memory of a {needed} of another size. Leave `vcpus` and `memory_mb` away."
        )));
    }
    Ok(Some(needed))
}

/// What a template keeps private stays so, whatever is asked for.
fn private_ports(request: &CreateCapsuleRequest, listed: &[u16]) -> PortAccess {
    match request.private_ports {
        Some(true) => PortAccess::All,
        Some(false) | None if listed.is_empty() => PortAccess::None,
        Some(false) | None => PortAccess::List(listed.iter().copied().collect()),
    }
}

fn check_size(limits: &Limits, capabilities: Capabilities, vcpus: u32, memory_mb: u32) -> Result<()> {
    let Capabilities { kind, min_memory_mb, .. } = capabilities;
    let Limits { max_vcpus, max_memory_mb, .. } = limits;
    if !(1..=*max_vcpus).contains(&vcpus) {
        return Err(ControlError::invalid(format!("Set `vcpus` to a number from 1 to {max_vcpus}.")));
    }
    if !(min_memory_mb..=*max_memory_mb).contains(&memory_mb) {
        let message =
            format!("Set `memory_mb` to a number from {min_memory_mb} to {max_memory_mb} for a {kind}.");
        return Err(ControlError::invalid(message));
    }
    Ok(())
}

/// Refuses environment variables that no process can be given.
pub(crate) fn check_envs(envs: &BTreeMap<String, String>) -> Result<()> {
    for (key, value) in envs {
        if key.is_empty() || key.contains(['=', '\0']) {
            let message = "Give each of `envs` a name without `=` and NUL characters.";
            return Err(ControlError::invalid(message));
        }
        if value.contains('\0') {
            return Err(ControlError::invalid(format!(
                "Remove the NUL character from the variable `{key}` of `envs`."
            )));
        }
    }
    if envs.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() > MAX_ENVS {
        return Err(ControlError::invalid("Make `envs` smaller: all together may have 128 KiB."));
    }
    Ok(())
}

fn check_metadata(metadata: &BTreeMap<String, String>) -> Result<()> {
    if metadata.len() > MAX_NOTES {
        return Err(ControlError::invalid(format!("Give `metadata` at most {MAX_NOTES} entries.")));
    }
    for (key, value) in metadata {
        if key.is_empty() || key.len() > MAX_NOTE_KEY || key.chars().any(char::is_control) {
            let message = format!("Give each key of `metadata` 1 to {MAX_NOTE_KEY} printable characters.");
            return Err(ControlError::invalid(message));
        }
        if value.len() > MAX_NOTE_VALUE {
            let message = format!("Give each value of `metadata` at most {MAX_NOTE_VALUE} bytes.");
            return Err(ControlError::invalid(message));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_template_keeps_private_cannot_be_opened() {
        let asked = |private_ports, listed: &[u16]| {
            let request = CreateCapsuleRequest { private_ports, ..Default::default() };
            super::private_ports(&request, listed)
        };
        let listed = PortAccess::List([8888].into());
        assert_eq!(asked(None, &[]), PortAccess::None);
        assert_eq!(asked(Some(false), &[8888]), listed);
        assert_eq!(asked(None, &[8888]), listed);
        assert_eq!(asked(Some(true), &[8888]), PortAccess::All);
    }
}
