//! The git inside a capsule: a repository, a branch, commits, a remote.
//!
//! `cargo run -p wrenn --example git`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use wrenn::{Capsule, CommandOutput};

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    Capsule::create("minimal").with(async |capsule| work(capsule).await).await
}

async fn work(capsule: &Capsule) -> Result<(), wrenn::Error> {
    let git = capsule.git();
    // A remote of its own, so that this runs without a network.
    show(&git.init().path("/srv/repo.git").bare(true).initial_branch("main").await?);
    show(&git.clone("/srv/repo.git").path("/app/repo").await?);
    capsule.files().write("/app/repo/README.md", "# Hello\n").await?;
    show(&git.add(["README.md"]).cwd("/app/repo").await?);
    show(&git.commit("Say hello").cwd("/app/repo").author("Me", "me@example.org").await?);
    show(&git.push().cwd("/app/repo").remote("origin").branch("main").await?);
    show(&git.checkout("feature").cwd("/app/repo").create(true).await?);
    show(&git.branch().cwd("/app/repo").await?);
    show(&git.log().cwd("/app/repo").max_count(5).oneline(true).await?);
    Ok(())
}

/// Git's own failures are in its exit code.
fn show(output: &CommandOutput) {
    print!("{}{}", output.stdout, output.stderr);
    assert!(output.success(), "git ended with {}", output.exit_code);
}
