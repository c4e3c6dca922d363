//! What a template says by labels of its image: what is started with each of its capsules, and which ports are private.

use std::collections::BTreeMap;

use super::record::{Defaults, StartCommand};

const PREFIX: &str = "dev.wrenn.";
const START: &str = "dev.wrenn.start";
const READY_PORT: &str = "dev.wrenn.ready-port";
const PRIVATE_PORTS: &str = "dev.wrenn.private-ports";

/// Notes in `defaults` what the labels say. An empty label is as good as none, so that an image can take back what its
/// base says. The error is for whoever wrote the Dockerfile.
pub(super) fn read(labels: &BTreeMap<String, String>, defaults: &mut Defaults) -> Result<(), String> {
    let known = [START, READY_PORT, PRIVATE_PORTS];
    if let Some(unknown) =
        labels.keys().find(|name| name.starts_with(PREFIX) && !known.contains(&name.as_str()))
    {
        return Err(format!("there is no label {unknown}; there are {}", known.join(", ")));
    }
    let label = |name: &str| labels.get(name).map(|value| value.trim()).filter(|value| !value.is_empty());
    let ready_port = label(READY_PORT).map(|value| port(READY_PORT, value)).transpose()?;
    defaults.start = match label(START) {
        Some(text) => Some(StartCommand { argv: command(text)?, ready_port }),
        None if ready_port.is_some() => {
            return Err(format!("the label {READY_PORT} needs {START}, which says what will listen there"));
        }
        None => None,
    };
    let ports = label(PRIVATE_PORTS).unwrap_or_default();
    let ports = ports.split([',', ' ']).filter(|text| !text.is_empty());
    let mut ports = ports.map(|text| port(PRIVATE_PORTS, text)).collect::<Result<Vec<_>, _>>()?;
    ports.sort_unstable();
    ports.dedup();
    defaults.private_ports = ports;
    Ok(())
}

/// The labels that say the same, for a base image.
pub(super) fn write(defaults: &Defaults) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    if let Some(start) = &defaults.start {
        let argv = serde_json::Value::from(start.argv.clone()).to_string();
        labels.insert(START.to_owned(), argv);
        labels.extend(start.ready_port.map(|port| (READY_PORT.to_owned(), port.to_string())));
    }
    if !defaults.private_ports.is_empty() {
        let ports: Vec<_> = defaults.private_ports.iter().map(u16::to_string).collect();
        labels.insert(PRIVATE_PORTS.to_owned(), ports.join(","));
    }
    labels
}

/// A JSON list is a program and its arguments, anything else is for the shell: as with `CMD`.
fn command(text: &str) -> Result<Vec<String>, String> {
    if !text.starts_with('[') {
        return Ok(["/bin/sh", "-c", text].map(str::to_owned).to_vec());
    }
    let argv: Vec<String> = serde_json::from_str(text)
        .map_err(|error| format!("the label {START} is no list of strings in JSON: {error}"))?;
    match argv.first() {
        Some(program) if !program.is_empty() && !argv.iter().any(|part| part.contains('\0')) => Ok(argv),
        _ => Err(format!("the label {START} names no program")),
    }
}

fn port(label: &str, text: &str) -> Result<u16, String> {
    let port = text.parse().ok().filter(|&port| port > 0);
    port.ok_or_else(|| format!("the label {label} has {text:?} where a port from 1 to 65535 belongs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[(&str, &str)]) -> Result<Defaults, String> {
        let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut defaults = Defaults::default();
        read(&labels, &mut defaults).map(|()| defaults)
    }

    #[test]
    fn labels_say_what_is_started_and_what_is_private() {
        let defaults = of(&[
            ("dev.wrenn.start", r#"["serve", "--port", "80"]"#),
            ("dev.wrenn.ready-port", "80"),
            ("dev.wrenn.private-ports", "9000, 80,80"),
            ("maintainer", "me"),
        ])
        .unwrap();
        let start = defaults.start.clone().unwrap();
        assert_eq!(start.argv, ["serve", "--port", "80"]);
        assert_eq!(start.ready_port, Some(80));
        assert_eq!(defaults.private_ports, [80, 9000]);
        let mut again = Defaults::default();
        read(&write(&defaults), &mut again).unwrap();
        assert_eq!(again, defaults);
    }

    #[test]
    fn a_text_is_for_the_shell_and_an_empty_one_says_nothing() {
        let start = of(&[("dev.wrenn.start", "cd /srv && exec ./run")]).unwrap().start.unwrap();
        assert_eq!(start.argv, ["/bin/sh", "-c", "cd /srv && exec ./run"]);
        assert_eq!(start.ready_port, None);
        assert_eq!(of(&[("dev.wrenn.start", ""), ("dev.wrenn.ready-port", " ")]), Ok(Defaults::default()));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (name, value) in [
            ("dev.wrenn.start", "[1]"),
            ("dev.wrenn.start", "[]"),
            ("dev.wrenn.start", r#"[""]"#),
            ("dev.wrenn.ready-port", "8888"),
            ("dev.wrenn.private-ports", "0"),
            ("dev.wrenn.private-ports", "80;90"),
            ("dev.wrenn.strat", "x"),
        ] {
            let error = of(&[(name, value)]).unwrap_err();
            assert!(error.contains("dev.wrenn."), "{error}");
        }
    }
}
