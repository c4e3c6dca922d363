//! `wrenn snapshot list`.

use std::process::ExitCode;

use wrenn::api::TemplateType;

use crate::{
    app::Global,
    connect,
    error::Result,
    output::{self, Table},
};

/// List the templates that capsules can be made from
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only those taken from capsules
    #[arg(long)]
    own: bool,
}

/// Lists them.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut templates = connect::client(global)?.snapshots().list().await?;
    templates.retain(|template| !args.own || template.kind == TemplateType::Snapshot);
    if global.json {
        output::json(&templates)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = Table::new(&["NAME", "FROM", ">SIZE", "MADE"]);
    for template in templates {
        let from = match template.kind {
            TemplateType::Base => "a definition",
            TemplateType::Snapshot => "a capsule",
        };
        let (size, made) = (output::bytes(template.size_bytes), output::ago(template.created_at));
        table.row([template.name, from.to_owned(), size, made]);
    }
    table.print("there is no template; `wrenn template build minimal` builds one")?;
    Ok(ExitCode::SUCCESS)
}
