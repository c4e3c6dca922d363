//! Which names templates may have.

use super::{builtin::Builtin, error::TemplateError};

const MAX_LENGTH: usize = 64;

/// Other names under which clients know built-in templates.
const ALIASES: [(&str, &str); 1] = [("code-runner-beta", "jupyter")];

/// Checks that `name` may name a template: 1 to 64 letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
///
/// ```
/// assert!(wrenn_runtime::template::check_name("my-app_1.0").is_ok());
/// assert!(wrenn_runtime::template::check_name("../etc").is_err());
/// ```
pub fn check_name(name: &str) -> Result<(), TemplateError> {
    let invalid = |reason| Err(TemplateError::InvalidName { name: name.chars().take(80).collect(), reason });
    let Some(first) = name.bytes().next() else {
        return invalid("it is empty");
    };
    if name.len() > MAX_LENGTH {
        return invalid("it is longer than 64 characters");
    }
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        return invalid("it may have only letters, digits, `-`, `_` and `.`");
    }
    if !first.is_ascii_alphanumeric() {
        return invalid("it must begin with a letter or a digit");
    }
    Ok(())
}

/// Checks that `name` may be given to a template that is not built in.
pub(super) fn check_new_name(name: &str) -> Result<(), TemplateError> {
    check_name(name)?;
    if Builtin::find(canonical(name)).is_some() {
        return Err(TemplateError::Reserved { name: name.to_owned() });
    }
    Ok(())
}

/// The name itself, or the one that it is an alias of.
pub(super) fn canonical(name: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name)
}

/// Checks that a team's id can be a directory's name.
pub(super) fn check_team(team: &str) -> Result<(), TemplateError> {
    check_name(team)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_path_component_are_refused() {
        for name in ["", ".", "..", "a/b", "-a", ".hidden", "a b", "a\0b", "ä", &"x".repeat(65)] {
            assert!(matches!(check_name(name), Err(TemplateError::InvalidName { .. })), "{name:?}");
        }
        for name in ["a", "A1", "my-app", "template-0123abcd", "v1.2_3", &"x".repeat(64)] {
            assert!(check_name(name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn names_of_built_in_templates_are_reserved() {
        for name in ["minimal", "base-python", "node", "jupyter", "code-runner-beta"] {
            assert!(matches!(check_new_name(name), Err(TemplateError::Reserved { .. })), "{name}");
        }
        assert!(check_new_name("minimal-2").is_ok());
    }
}
