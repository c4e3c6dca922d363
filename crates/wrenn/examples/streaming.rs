//! A command whose output is shown as it comes, and a process that outlives the program that started it.
//!
//! `cargo run -p wrenn --example streaming`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use std::io::{self, Write};

use wrenn::{Capsule, CommandEvent, CommandStream, Signal};

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    Capsule::create("minimal").with(async |capsule| work(capsule).await).await
}

async fn work(capsule: &Capsule) -> Result<(), wrenn::Error> {
    let commands = capsule.commands();
    let count = "for i in 1 2 3; do echo step $i; sleep 0.2; done; echo oops >&2; exit 3";
    show(commands.stream("sh").args(["-c", count]).await?).await?;

    // Input goes in while output comes out.
    let upper = commands.stream("tr").args(["a-z", "A-Z"]).await?;
    upper.send_stdin("typed from outside\n").await?;
    upper.close_stdin().await?;
    show(upper).await?;

    let beat = "while true; do date +%T; sleep 0.2; done";
    let process = commands.start("sh").args(["-c", beat]).tag("heart").await?;
    println!("process {} is called {}", process.pid, process.tag);
    let mut beats = commands.attach("heart").await?;
    for _ in 0..3 {
        let Some(event) = beats.next().await else { break };
        println!("{:?}", event?);
    }
    drop(beats); // the process goes on
    commands.kill("heart", Signal::Term).await
}

async fn show(mut events: CommandStream) -> Result<(), wrenn::Error> {
    while let Some(event) = events.next().await {
        match event? {
            CommandEvent::Stdout(bytes) => io::stdout().write_all(&bytes).expect("standard output"),
            CommandEvent::Stderr(bytes) => io::stderr().write_all(&bytes).expect("standard error"),
            CommandEvent::Exited { exit_code } => println!("exited with {exit_code}"),
            _ => {}
        }
    }
    Ok(())
}
