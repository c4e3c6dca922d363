//! What has to be known of a Dockerfile before it is built: the images that it begins from.

use std::path::Path;

use super::error::TemplateError;

/// The images that the `FROM` instructions name, in order, without stages of the file itself.
pub(super) fn bases(text: &str, path: &Path) -> Result<Vec<String>, TemplateError> {
    let mut stages: Vec<String> = Vec::new();
    let mut images = Vec::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        if !words.next().is_some_and(|word| word.eq_ignore_ascii_case("FROM")) {
            continue;
        }
        let mut words = words.skip_while(|word| word.starts_with("--"));
        let Some(image) = words.next() else {
            return Err(TemplateError::Definition {
                path: path.to_owned(),
                reason: "an instruction FROM names no image".to_owned(),
            });
        };
        if !stages.iter().any(|stage| stage.eq_ignore_ascii_case(image)) && image != "scratch" {
            images.push(image.to_owned());
        }
        if words.next().is_some_and(|word| word.eq_ignore_ascii_case("AS")) {
            stages.extend(words.next().map(str::to_owned));
        }
    }
    if images.is_empty()
        && stages.is_empty()
        && !text.lines().any(|line| line.trim_start().starts_with("FROM"))
    {
        return Err(TemplateError::Definition {
            path: path.to_owned(),
            reason: "it has no instruction FROM; begin it with `FROM minimal`".to_owned(),
        });
    }
    Ok(images)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Vec<String>, TemplateError> {
        bases(text, Path::new("Dockerfile"))
    }

    #[test]
    fn stages_of_the_file_are_no_images() {
        let text = "# FROM nothing\nARG A=1\nfrom --platform=x minimal as build\nRUN true\nFROM node\nCOPY --from=build /a /a\nFROM build\n";
        assert_eq!(of(text).unwrap(), ["minimal", "node"]);
        assert_eq!(of("FROM scratch\nCOPY a /").unwrap(), [] as [&str; 0]);
    }

    #[test]
    fn a_file_without_from_is_refused() {
        for text in ["", "RUN true\n", "FROM\n", "FROM --platform=x\n"] {
            assert!(matches!(of(text), Err(TemplateError::Definition { .. })), "{text:?}");
        }
    }
}
