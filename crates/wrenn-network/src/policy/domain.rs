//! Names in a policy.

/// A domain name, or all names below one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Domain {
    /// In lower case, without a dot at its end.
    name: String,
    /// The names below it, and not itself.
    below: bool,
}

impl Domain {
    /// Reads `name` or `*.name`. International names have to be in their ASCII form.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let labels = name.split('.');
        // A name that ends with a number is a mistyped address.
        let number =
            labels.clone().next_back().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        (name.len() <= 253 && !number && labels.clone().all(is_label)).then_some(Self { name, below })
    }

    /// Whether the rule speaks of `name`, which is in lower case and without a dot at its end. Dots within labels have a
    /// backslash before them, as in zone files.
    pub(crate) fn matches(&self, name: &str) -> bool {
        match name.strip_suffix(self.name.as_str()) {
            Some("") => !self.below,
            Some(before) => self.below && before.ends_with('.') && !before.ends_with("\\."),
            None => false,
        }
    }

    /// The name, if it stands for itself only.
    pub(crate) fn exact(&self) -> Option<&str> {
        (!self.below).then_some(self.name.as_str())
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_all_names_below_and_not_for_those_that_only_end_alike() {
        let (exact, below) =
            (Domain::parse("example.com").unwrap(), Domain::parse("*.Example.com.").unwrap());
        for (name, is_exact, is_below) in [
            ("example.com", true, false),
            ("a.example.com", false, true),
            ("a.b.example.com", false, true),
            ("badexample.com", false, false),
            ("example.com.evil.org", false, false),
            (".example.com", false, true),
            ("evil\\.example.com", false, false),
            ("evil\\.a.example.com", false, true),
        ] {
            assert_eq!((exact.matches(name), below.matches(name)), (is_exact, is_below), "{name}");
        }
    }
}
