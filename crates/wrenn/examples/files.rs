//! Files into and out of a capsule, small and large, and what changes in a directory.
//!
//! `cargo run -p wrenn --example files`, with `WRENN_API_KEY` and `WRENN_BASE_URL` set.

use std::{io::Read, time::Instant};

use wrenn::Capsule;

/// The size of the large file.
const LARGE: u64 = 64 * 1024 * 1024;

#[tokio::main]
async fn main() -> Result<(), wrenn::Error> {
    Capsule::create("minimal").with(async |capsule| work(capsule).await).await
}

async fn work(capsule: &Capsule) -> Result<(), wrenn::Error> {
    let files = capsule.files();
    files.mkdir("/app").await?;
    let mut changes = files.watch("/app").await?;
    files.write("/app/main.py", "print('hello')").await?;
    if let Some(change) = changes.next().await {
        println!("seen: {:?}", change?);
    }
    println!("{}", capsule.commands().exec("python3").arg("/app/main.py").await?.stdout);
    for entry in files.list("/app").await? {
        println!("{} {} {} bytes", entry.permissions, entry.path, entry.size);
    }
    files.move_("/app/main.py", "/app/renamed.py").await?;
    println!("still there: {}", files.exists("/app/main.py").await?);

    // A reader, so that the file is never whole in memory.
    let started = Instant::now();
    files.upload_reader(std::io::repeat(b'x').take(LARGE), Some(LARGE), "/data/large").await?;
    println!("{} MiB up in {:?}", LARGE >> 20, started.elapsed());
    let started = Instant::now();
    let length = files.download("/data/large").await?.write_to(std::io::sink()).await?;
    println!("{} MiB down in {:?}", length >> 20, started.elapsed());
    files.remove("/data").await
}
