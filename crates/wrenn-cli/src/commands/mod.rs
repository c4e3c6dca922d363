//! One module per command.

pub(crate) mod attach;
pub(crate) mod capsule;
pub(crate) mod completions;
pub(crate) mod cp;
pub(crate) mod doctor;
pub(crate) mod exec;
mod follow;
pub(crate) mod kill;
pub(crate) mod notebook;
mod pairs;
pub(crate) mod ps;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod snapshot;
pub(crate) mod stats;
pub(crate) mod template;
pub(crate) mod url;
pub(crate) mod usage;

use std::{future::Future, process::ExitCode};

use crate::{
    app::{App, Command},
    error::Result,
};

/// Does what the command line says.
pub(crate) fn run(app: App) -> Result {
    let global = &app.global;
    match app.command {
        Command::Run(args) => client(run::run(global, args)),
        Command::Exec(args) => client(exec::run(global, args)),
        Command::Shell(args) => client(shell::run(global, args)),
        Command::Attach(args) => client(attach::run(global, args)),
        Command::Ps(args) => client(ps::run(global, args)),
        Command::Kill(args) => client(kill::run(global, args)),
        Command::Cp(args) => client(cp::run(global, args)),
        Command::Notebook(args) => client(notebook::run(global, args)),
        Command::Url(args) => client(url::run(global, args)),
        Command::Capsule(command) => client(capsule::run(global, command)),
        Command::Snapshot(command) => client(snapshot::run(global, command)),
        Command::Template(command) => client(template::run(global, command)),
        Command::Stats(args) => client(stats::run(global, args)),
        Command::Usage(args) => client(usage::run(global, args)),
        Command::Create(args) => client(capsule::create::run(global, args)),
        Command::List(args) => client(capsule::list::run(global, args)),
        Command::Info(args) => client(capsule::info::run(global, args)),
        Command::Destroy(args) => client(capsule::destroy::run(global, args)),
        Command::Pause(args) => client(capsule::pause::run(global, args)),
        Command::Resume(args) => client(capsule::resume::run(global, args)),
        Command::Doctor(args) => client(doctor::run(global, args)),
        Command::Serve(args) => serve::run(global, &args),
        Command::Completions(args) => completions::run(&args),
    }
}

/// Runs a client's command. Two threads: one may wait for a slow reader of our output while the other hears signals.
fn client(command: impl Future<Output = Result>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let outcome = runtime.block_on(command);
    // A thread that reads standard input cannot be waited for.
    runtime.shutdown_background();
    outcome
}
