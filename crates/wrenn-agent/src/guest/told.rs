//! What the kernel's command line tells the agent.

use std::{fs, io};

use super::error::BootError;

/// The parameters that begin with `wrenn.`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// How many layer images there are.
    pub(super) layers: usize,
    /// The host name until `/init` sets another.
    pub(super) hostname: String,
    /// The most threads of the whole machine.
    pub(super) threads: Option<u32>,
}

impl Told {
    pub(super) fn read() -> Result<Self, BootError> {
        let line =
            fs::read_to_string("/proc/cmdline").map_err(BootError::at("read the kernel's command line"))?;
        let told = Self::parse(&line).ok_or(io::ErrorKind::InvalidInput);
        told.map_err(BootError::at(format!("understand the kernel's command line {:?}", line.trim())))
    }

    fn parse(line: &str) -> Option<Self> {
        let value = |name: &str| {
            line.split_ascii_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            layers: value("wrenn.layers")?.parse().ok().filter(|count| *count > 0)?,
            hostname: value("wrenn.hostname")?.to_owned(),
            threads: value("wrenn.threads").and_then(|text| text.parse().ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_parameters_count() {
        let told = Told::parse("quiet xwrenn.layers=7 wrenn.layers=2 wrenn.hostname=cl-a wrenn.threads=99\n");
        assert_eq!(told, Some(Told { layers: 2, hostname: "cl-a".into(), threads: Some(99) }));
        assert_eq!(Told::parse("wrenn.layers=0 wrenn.hostname=a"), None);
        assert_eq!(Told::parse("wrenn.layers=1"), None);
    }
}
