//! How this machine reaches Python packages, so that the builds of templates get theirs in the same way.

/// The options of a `pip.conf` that say how to reach packages; others are about this machine.
const OPTIONS: [&str; 7] =
    ["index-url", "extra-index-url", "trusted-host", "proxy", "timeout", "retries", "no-index"];

/// Where Debian's own configuration of pip is.
const CONFIGURATION: &str = "/etc/pip.conf";

/// The contents of a `pip.conf` for a build, in which the certificate authorities are in the file `authorities`.
pub(super) fn configuration(authorities: &str) -> String {
    let file = std::fs::read_to_string(CONFIGURATION).unwrap_or_default();
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    compose(&file, variable, authorities)
}

fn compose(file: &str, variable: impl Fn(&str) -> Option<String>, authorities: &str) -> String {
    let mut text = format!("[global]\ndisable-pip-version-check = true\ncert = {authorities}\n");
    for option in OPTIONS {
        let name = format!("PIP_{}", option.to_uppercase().replace('-', "_"));
        if let Some(value) = variable(&name).or_else(|| find(file, option)) {
            text.push_str(&format!("{option} = {value}\n"));
        }
    }
    text
}

/// The value of an option in the section `global`. A value of several lines is written as pip takes it from variables:
/// with spaces.
fn find(file: &str, option: &str) -> Option<String> {
    let mut lines = file.lines().skip_while(|line| line.trim() != "[global]").skip(1).peekable();
    while let Some(line) = lines.next_if(|line| !line.starts_with('[')) {
        let Some((name, value)) = line.split_once(['=', ':']) else { continue };
        if name.trim() != option {
            continue;
        }
        let mut values = vec![value.trim()];
        while let Some(more) = lines.next_if(|line| line.starts_with([' ', '\t'])) {
            values.push(more.trim());
        }
        values.retain(|value| !value.is_empty());
        return Some(values.join(" ")).filter(|value| !value.is_empty());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_way_to_the_packages_is_taken_along() {
        let file = "[install]\nindex-url = https://other\n[global]\ncert = /mine.pem\nindex-url = https://a/simple\n\
            extra-index-url =\n    https://b\n    https://c\ncache-dir = /x\n[list]\ntimeout = 1\n";
        assert_eq!(
            compose(file, |_| None, "/ca"),
            "[global]\ndisable-pip-version-check = true\ncert = /ca\nindex-url = https://a/simple\n\
                extra-index-url = https://b https://c\n"
        );
    }

    #[test]
    fn variables_come_first() {
        let variable = |name: &str| (name == "PIP_INDEX_URL").then(|| "https://v".to_owned());
        let text = compose("[global]\nindex-url = https://a\ntrusted-host: h\n", variable, "/ca");
        assert!(text.ends_with("index-url = https://v\ntrusted-host = h\n"), "{text}");
    }
}
