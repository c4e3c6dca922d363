//! The quick start of the README: a capsule, a command in it, its output.
//!
//! `cargo run -p wrenn --example quickstart`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use wrenn::Capsule;

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    let capsule = Capsule::create("minimal").await?;
    let outcome = run(&capsule).await;
    capsule.destroy().await?;
    outcome
}

async fn run(capsule: &Capsule) -> Result<(), wrenn::Error> {
    capsule.wait_for_ready().await?;
    let result = capsule.commands().exec("echo").arg("hello").await?;
    print!("{}", result.stdout); // "hello\n"
    Ok(())
}
