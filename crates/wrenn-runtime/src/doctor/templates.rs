//! The templates that are there.

use std::path::Path;

use super::Check;
use crate::template::{Builtin, CACHE_VARIABLE, DEFAULT_CACHE, TemplateStore};

pub(super) fn built(data_dir: &Path) -> Check {
    let name = "templates";
    let built = TemplateStore::look(data_dir.join("templates")).and_then(|store| store.list(None));
    let built = match built {
        Ok(built) => built,
        Err(error) => {
            let remedy =
                format!("make {DEFAULT_CACHE} readable, or set {CACHE_VARIABLE} to another directory");
            return Check::bad(name, error.to_string(), remedy);
        }
    };
    let names: Vec<_> = built.iter().map(|template| template.name.as_str()).collect();
    if names.contains(&Builtin::Minimal.name()) {
        Check::good(name, names.join(", "))
    } else {
        Check::warning(name, "`minimal` is not built yet", "run `wrenn template build minimal`")
    }
}
