//! A terminal that is left and joined again.
//!
//! `cargo run -p wrenn --example terminal`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use std::io::{self, Write};

use wrenn::{Capsule, PtyEvent, PtySession};

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    Capsule::create("minimal").with(async |capsule| work(capsule).await).await
}

async fn work(capsule: &Capsule) -> Result<(), wrenn::Error> {
    let mut terminal = capsule.pty().start().size(100, 30).tag("work").await?;
    terminal.input("stty size; name=wrenn\n").await?;
    show_until(&mut terminal, "30 100").await?;
    terminal.close().await?;

    let mut again = capsule.pty().connect("work").await?;
    again.input("echo \"$name is still here\"; exit\n").await?;
    show_until(&mut again, "\u{0}").await
}

/// Shows what the terminal shows until a text appears or its program ends.
async fn show_until(terminal: &mut PtySession, text: &str) -> Result<(), wrenn::Error> {
    let mut shown = String::new();
    while let Some(event) = terminal.next().await {
        match event? {
            PtyEvent::Data(bytes) => {
                io::stdout().write_all(&bytes).expect("standard output");
                shown.push_str(&String::from_utf8_lossy(&bytes));
            }
            PtyEvent::Exited { exit_code } => println!("exited with {exit_code}"),
            _ => {}
        }
        if shown.contains(text) {
            break;
        }
    }
    Ok(())
}
