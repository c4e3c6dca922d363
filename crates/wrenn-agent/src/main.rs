//! The `wrenn-agent` binary: process 1 of a container, process 1 of a virtual machine, or an agent by itself on TCP.

mod log;
mod options;

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use options::{Options, Request};
use tokio::{runtime::Runtime, sync::watch, task::JoinSet};
use wrenn_agent::{Agent, Settings, guest, init, serve, set_process_limits};

fn main() -> ExitCode {
    if guest::is_first_process() {
        return run_machine();
    }
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(Request::Serve(options)) => options,
        Ok(Request::Tell(text)) => {
            println!("{text}");
            return ExitCode::SUCCESS;
        }
        Err(message) => {
            eprintln!("error: {message}\nhint: run `wrenn-agent --help` for the options");
            return ExitCode::from(2);
        }
    };
    log::to_stderr();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> anyhow::Result<()> {
    set_process_limits();
    runtime()?.block_on(async {
        let agent =
            Agent::new(Settings { default_user: options.default_user.clone(), ..Settings::default() });
        let end = init::until_asked_to_end(&agent).context("cannot receive signals")?;
        let (running, _) = watch::channel(());
        let mut servers = JoinSet::new();
        for listener in options.listeners().await? {
            let mut running = running.subscribe();
            servers.spawn(serve(listener, agent.clone(), async move {
                // Nothing is ever sent: it completes when the other end is dropped.
                let _ = running.changed().await;
            }));
        }
        end.await;
        drop(running);
        servers.join_all().await;
        Ok(())
    })
}

/// The life of a virtual machine. It ends with the machine, whatever happens.
fn run_machine() -> ExitCode {
    log::to_stderr();
    if let Err(error) = live_as_machine() {
        eprintln!("wrenn-agent: {error:#}");
    }
    guest::restart();
    ExitCode::FAILURE
}

fn live_as_machine() -> anyhow::Result<()> {
    let machine = guest::boot()?;
    set_process_limits();
    runtime()?.block_on(async {
        let agent = Agent::of_machine(Settings::default());
        let end = init::until_asked_to_end(&agent).context("cannot receive signals")?;
        guest::serve_port(&machine, agent, end).await.context("the port to the host is broken")
    })?;
    guest::off(&machine).context("cannot switch the machine off")
}

/// One thread does all but work on files: an idle agent is as small as can be.
fn runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(16)
        .thread_stack_size(512 << 10)
        .thread_keep_alive(Duration::from_secs(2))
        .build()
        .context("cannot start the runtime")
}
