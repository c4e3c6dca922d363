//! JSON values as YAML, in the plain way that every reader of YAML understands.

use std::fmt::Write as _;

use serde_json::Value;

/// A document in block style; texts are in double quotes, whose rules are those of JSON.
pub(crate) fn render(value: &Value) -> String {
    let mut text = String::new();
    block(&mut text, value, 0);
    text
}

fn block(text: &mut String, value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                let _ = write!(text, "{indent}{}:", name(key));
                nested(text, value, depth + 1);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(text, "{indent}-");
                nested(text, item, depth + 1);
            }
        }
        scalar => {
            let _ = writeln!(text, "{indent}{scalar}");
        }
    }
}

fn nested(text: &mut String, value: &Value, depth: usize) {
    let empty = match value {
        Value::Object(map) => map.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => true,
    };
    if empty {
        let _ = writeln!(text, " {value}");
    } else {
        text.push('\n');
        block(text, value, depth);
    }
}

/// A key without quotes where nobody can take it for anything else.
fn name(key: &str) -> String {
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "/_-{}".contains(c))
        && !matches!(
            key.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain { key.to_owned() } else { Value::from(key).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_has_its_form() {
        let value = serde_json::json!({
            "a": {"b": [1, {"c": null, "on": "x: \"y\"\n"}, []]}, "200": true, "/v1/{id}": {}, "$ref": [["z"]],
        });
        let expected = "\"$ref\":\n  -\n    - \"z\"\n/v1/{id}: {}\n\"200\": true\na:\n  b:\n    - 1\n    -\n      c: null\n      \"on\": \"x: \\\"y\\\"\\n\"\n    - []\n";
        let (mut lines, mut wanted): (Vec<_>, Vec<_>) = (
            render(&value).lines().map(str::to_owned).collect(),
            expected.lines().map(str::to_owned).collect(),
        );
        // The order of keys is the map's own business.
        lines.sort();
        wanted.sort();
        assert_eq!(lines, wanted);
    }
}
