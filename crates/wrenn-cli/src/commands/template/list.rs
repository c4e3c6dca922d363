//! `wrenn template list`.

use std::process::ExitCode;

use serde::Serialize;
use wrenn_runtime::template::{Builtin, Template};

use super::store;
use crate::{
    app::Global,
    error::Result,
    output::{self, Table},
};

/// List the templates of this machine, also the built-in ones that are not built yet
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// A template, built or not.
#[derive(Serialize)]
struct Row {
    name: String,
    built: bool,
    size_bytes: Option<u64>,
    description: &'static str,
}

/// Lists them.
pub(crate) fn run(global: &Global) -> Result {
    let built = store(global)?.list(None)?;
    let builtins = Builtin::ALL.into_iter().map(|builtin| {
        let template = built.iter().find(|template| template.name == builtin.name());
        row(builtin.name(), template, builtin.description())
    });
    let own = built.iter().filter(|template| Builtin::find(&template.name).is_none());
    let own = own.map(|template| row(&template.name, Some(template), "built from a directory"));
    let rows: Vec<Row> = builtins.chain(own).collect();
    if global.json {
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["NAME", ">SIZE", "WHAT"]);
    for row in rows {
        let size = row.size_bytes.map_or("not built".to_owned(), output::bytes);
        table.row([row.name, size, row.description.to_owned()]);
    }
    table.print("")?;
    Ok(ExitCode::SUCCESS)
}

fn row(name: &str, template: Option<&Template>, description: &'static str) -> Row {
    Row {
        name: name.to_owned(),
        built: template.is_some(),
        size_bytes: template.map(|template| template.size_bytes),
        description,
    }
}
