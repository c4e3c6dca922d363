//! Where this machine gets its Debian packages from, so that templates get theirs from there too.

use tokio::process::Command;

use super::{error::TemplateError, program};

/// This machine's package sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sources {
    /// The release, as in `bookworm`.
    pub codename: String,
    /// Lines for a `sources.list`.
    pub lines: Vec<String>,
    /// Options about how packages are fetched, such as proxies, as lines for an `apt.conf`.
    pub options: Vec<String>,
}

/// Options of these families say how to reach the sources; others are about this machine.
const FAMILIES: [&str; 7] = [
    "Acquire::http",
    "Acquire::https",
    "Acquire::Check-",
    "Acquire::Allow",
    "Acquire::ForceIP",
    "Acquire::Retries",
    "Acquire::Max-",
];

/// What `apt-get indextargets` prints for each list of packages; a field that is not set stays as its name.
const FORMAT: &str = "$(ORIGIN)|$(CODENAME)|$(RELEASE)|$(REPO_URI)|$(COMPONENT)|$(SIGNED_BY)";

/// Asks apt.
pub(super) async fn sources() -> Result<Sources, TemplateError> {
    let mut found = targets(&[]).await?;
    if found.trim().is_empty() {
        // Nothing was ever fetched, or the lists were removed: what the configuration alone says has to do.
        found = targets(&["--no-release-info"]).await?;
    }
    let mut options = Command::new("apt-config");
    options.args(["dump"]);
    let options = program::output(options, "apt-config").await?;
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    parse(&found, &options, &release).ok_or_else(|| TemplateError::Definition {
        path: "/etc/apt".into(),
        reason: "apt has no source of this distribution's own packages; see sources.list(5)".to_owned(),
    })
}

async fn targets(options: &[&str]) -> Result<String, TemplateError> {
    let mut command = Command::new("apt-get");
    command.arg("indextargets").args(options).args(["--format", FORMAT, "Created-By: Packages"]);
    program::output(command, "apt-get").await
}

fn parse(targets: &str, options: &str, release: &str) -> Option<Sources> {
    let field = |name: &str| {
        let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.map(|value| value.trim_matches('"').to_owned())
    };
    let (distribution, codename) = (field("ID")?, field("VERSION_CODENAME")?);
    let mut lines: Vec<String> = Vec::new();
    for target in targets.lines() {
        let mut fields = target.split('|');
        let mut next = || fields.next().filter(|value| !value.is_empty() && !value.starts_with("$("));
        let (origin, _, suite, uri, component, signed_by) = (next(), next(), next(), next(), next(), next());
        let (Some(suite), Some(uri), Some(component)) = (suite, uri, component) else {
            continue;
        };
        // Without fetched lists apt knows no origin; the release's name then has to do.
        let own = match origin {
            Some(origin) => origin.eq_ignore_ascii_case(&distribution),
            None => suite.split(['-', '/']).next().is_some_and(|name| name == codename || name == "stable"),
        };
        if !own {
            continue;
        }
        let signed_by = signed_by.map(|path| format!("[signed-by={path}] ")).unwrap_or_default();
        let line = format!("deb {signed_by}{uri} {suite} {component}");
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let options = options
        .lines()
        .filter(|line| FAMILIES.iter().any(|family| line.starts_with(family)) && !line.ends_with(" \"\";"));
    (!lines.is_empty()).then(|| Sources { codename, lines, options: options.map(str::to_owned).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELEASE: &str = "ID=debian\nVERSION_CODENAME=bookworm\n";

    #[test]
    fn only_the_distributions_own_sources_are_taken() {
        let targets = "Debian|bookworm|bookworm|http://mirror/debian/|main|$(SIGNED_BY)\n\
            Debian|bookworm-security|bookworm-security|http://mirror/security/|main|/usr/share/keyrings/d.gpg\n\
            Other|nodistro|nodistro|http://other/|main|/k.gpg\n";
        let options = "Acquire \"\";\nAcquire::http::Proxy \"http://proxy:1\";\nAPT::Get::x \"1\";\n";
        let sources = parse(targets, options, RELEASE).unwrap();
        assert_eq!(sources.codename, "bookworm");
        assert_eq!(
            sources.lines,
            [
                "deb http://mirror/debian/ bookworm main",
                "deb [signed-by=/usr/share/keyrings/d.gpg] http://mirror/security/ bookworm-security main",
            ]
        );
        assert_eq!(sources.options, ["Acquire::http::Proxy \"http://proxy:1\";"]);
    }

    #[test]
    fn without_fetched_lists_the_release_decides() {
        let targets = "$(ORIGIN)|$(CODENAME)|bookworm|http://mirror/debian/|main|$(SIGNED_BY)\n\
            $(ORIGIN)|$(CODENAME)|bookworm-updates|http://mirror/debian/|main|$(SIGNED_BY)\n\
            $(ORIGIN)|$(CODENAME)|cloud-sdk-bookworm|http://other/|main|$(SIGNED_BY)\n";
        let sources = parse(targets, "", RELEASE).unwrap();
        assert_eq!(sources.lines.len(), 2, "{:?}", sources.lines);
    }

    #[test]
    fn no_source_at_all_is_noticed() {
        assert_eq!(parse("", "", RELEASE), None);
    }
}
