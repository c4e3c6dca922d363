//! The `wrenn` binary: the server, and every command that a person gives to one.

mod app;
mod commands;
mod connect;
mod error;
mod output;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let app = match app::App::try_parse() {
        Ok(app) => app,
        Err(error) => return error::show_usage(&error),
    };
    match commands::run(app) {
        Ok(code) => code,
        Err(error) => error::show(&error),
    }
}
