//! A capsule that is paused, resumed, kept as a template, and made anew from it.
//!
//! `cargo run -p wrenn --example lifecycle`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use wrenn::{Capsule, Client, MetricsRange};

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    let client = Client::from_env()?;
    let create =
        client.create_capsule("minimal").vcpus(1).memory_mb(256).env("MODE", "demo").metadata("owner", "me");
    create.with(async |capsule| work(&client, capsule).await).await
}

async fn work(client: &Client, capsule: &Capsule) -> Result<(), wrenn::Error> {
    let counter = "i=0; while true; do i=$((i + 1)); echo $i > /count; sleep 0.05; done";
    capsule.commands().start("sh").args(["-c", counter]).await?;
    println!("{}", capsule.pause().await?.status);
    println!("{}", capsule.resume_and_wait().await?.status);
    println!("MODE is {}", capsule.commands().exec("printenv").arg("MODE").await?.stdout.trim());
    for found in client.capsules().list().metadata("owner", "me").await? {
        println!("{} {} since {}", found.id, found.status, found.created_at);
    }
    println!("{} measurements", capsule.metrics(MetricsRange::FiveMinutes).await?.points.len());

    let name = format!("example-{}", capsule.id());
    let template = client.snapshots().create(capsule).name(&name).await?;
    let again = client.create_capsule(&template.name).with(async |copy| {
        let count = copy.files().read_to_string("/count").await?;
        println!("the copy begins where the count was {}", count.trim());
        Ok::<_, wrenn::Error>(())
    });
    let outcome = again.await;
    client.snapshots().delete(&name).await?;
    outcome
}
