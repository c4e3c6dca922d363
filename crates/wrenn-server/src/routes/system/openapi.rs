//! The description of the API for programs.

use std::sync::LazyLock;

use http::{HeaderName, header};

use crate::openapi::{self, yaml};

static JSON: LazyLock<String> = LazyLock::new(openapi::json);
static YAML: LazyLock<String> = LazyLock::new(|| yaml::render(&openapi::value()));

type Text = ([(HeaderName, &'static str); 1], &'static str);

/// The OpenAPI document as JSON.
pub(crate) async fn get_json() -> Text {
    ([(header::CONTENT_TYPE, "application/json")], JSON.as_str())
}

/// The same as YAML.
pub(crate) async fn get_yaml() -> Text {
    ([(header::CONTENT_TYPE, "application/yaml")], YAML.as_str())
}
