//! A tour of everything that a capsule can do. Each example is complete but for the function around it.
//!
//! # Quick start
//!
//! ```no_run
//! use wrenn::Capsule;
//!
//! # async fn example() -> wrenn::Result<()> {
//! let output = Capsule::create("minimal")
//!     .with(async |capsule| capsule.commands().exec("echo").arg("hello").await)
//!     .await?;
//! println!("{}", output.stdout); // "hello\n"
//! # Ok(())
//! # }
//! ```
//!
//! # Authentication
//!
//! `WRENN_API_KEY` and `WRENN_BASE_URL` in the environment are enough. Or by hand:
//!
//! ```no_run
//! use wrenn::Client;
//!
//! # async fn example() -> wrenn::Result<()> {
//! let client = Client::builder().api_key("wrn_...").base_url("https://app.wrenn.dev/api").build()?;
//! let capsule = client.create_capsule("minimal").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Creating capsules
//!
//! ```no_run
//! use wrenn::Capsule;
//!
//! # async fn example() -> wrenn::Result<()> {
//! // One processor, 512 MiB.
//! let small = Capsule::create("minimal").await?;
//!
//! // Another template.
//! let python = Capsule::create("base-python").await?;
//!
//! // Larger; pauses after five minutes without use.
//! let larger = Capsule::create("minimal").vcpus(2).memory_mb(1024).timeout_sec(300).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Cleaning up
//!
//! A [`Capsule`](crate::Capsule) is a handle: dropping it leaves the capsule alone. An
//! [`OwnedCapsule`](crate::OwnedCapsule) destroys its capsule when it is dropped, and
//! [`CreateCapsule::with`](crate::CreateCapsule::with) does so and waits for it.
//!
//! ```no_run
//! use wrenn::Capsule;
//!
//! # async fn example() -> wrenn::Result<()> {
//! {
//!     let capsule = Capsule::create("minimal").owned().await?;
//!     capsule.wait_for_ready().await?;
//!     capsule.commands().exec("echo").arg("work").await?;
//! } // destroyed in the background
//!
//! let capsule = Capsule::create("minimal").await?;
//! capsule.commands().exec("echo").arg("work").await?;
//! capsule.destroy().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Connecting to existing capsules
//!
//! ```no_run
//! use wrenn::{Capsule, CapsuleStatus};
//!
//! # async fn example() -> wrenn::Result<()> {
//! let capsule = Capsule::connect("cl-abc123")?;
//! if capsule.info().await?.status == CapsuleStatus::Paused {
//!     capsule.resume_and_wait().await?;
//! }
//! let output = capsule.commands().exec("echo").arg("still running").await?;
//! println!("{}", output.stdout);
//! # Ok(())
//! # }
//! ```
//!
//! # Life of a capsule
//!
//! ```no_run
//! use wrenn::MetricsRange;
//!
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! capsule.pause().await?;
//! capsule.resume().await?;
//! capsule.ping().await?; // the time until an automatic pause begins anew
//! capsule.wait_for_ready().await?;
//! println!("{}", capsule.info().await?.status); // running
//! let metrics = capsule.metrics(MetricsRange::TenMinutes).await?;
//! capsule.destroy().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Ports
//!
//! What listens in a capsule has an address outside. Whoever knows it may come, unless the capsule was made with
//! `private_ports(true)`: then the team's key is needed, the capsule's token, or a signed address.
//!
//! ```no_run
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! capsule.commands().start("python3").args(["-m", "http.server", "--bind", "127.0.0.1", "8000"]).await?;
//! println!("{}/", capsule.url(8000));
//! let signed = capsule.signed_url(8000, std::time::Duration::from_secs(600)).path("/reports").await?;
//! println!("{} until {}", signed.url, signed.expires_at);
//! # Ok(())
//! # }
//! ```
//!
//! # Commands
//!
//! ```no_run
//! use std::time::Duration;
//!
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! // Run to the end.
//! let output = capsule
//!     .commands()
//!     .exec("python3")
//!     .args(["-c", "print(42)"])
//!     .timeout(Duration::from_secs(30))
//!     .cwd("/app")
//!     .await?;
//! println!("{}", output.stdout); // "42\n"
//! println!("{}", output.stderr);
//! println!("{}", output.exit_code); // 0
//!
//! // Start and leave running.
//! let process = capsule
//!     .commands()
//!     .start("python3")
//!     .arg("server.py")
//!     .tag("web-server")
//!     .env("PORT", "8000")
//!     .cwd("/app")
//!     .await?;
//! println!("{} {}", process.pid, process.tag);
//! # Ok(())
//! # }
//! ```
//!
//! # Output as it comes
//!
//! ```no_run
//! use std::io::Write;
//! use wrenn::CommandEvent;
//!
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! let mut events = capsule.commands().stream("python3").args(["-u", "train.py"]).await?;
//! while let Some(event) = events.next().await {
//!     match event? {
//!         CommandEvent::Stdout(bytes) => std::io::stdout().write_all(&bytes).expect("standard output"),
//!         CommandEvent::Stderr(bytes) => std::io::stderr().write_all(&bytes).expect("standard error"),
//!         CommandEvent::Exited { exit_code } => println!("exited {exit_code}"),
//!         _ => {}
//!     }
//! }
//!
//! // A process that runs already.
//! let connection = capsule.commands().stream_process("web-server").await?;
//! connection.ping().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Processes
//!
//! ```no_run
//! use wrenn::Signal;
//!
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! for process in capsule.commands().list().await? {
//!     println!("{} {:?}", process.pid, process.tag);
//! }
//! capsule.commands().kill("web-server", Signal::Term).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Files
//!
//! ```no_run
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! let files = capsule.files();
//! files.write("/app/main.py", "print('hello')").await?;
//! println!("{}", files.read_to_string("/app/main.py").await?);
//! for entry in files.list_depth("/app", 1).await? {
//!     println!("{} {:?} {}", entry.name, entry.kind, entry.size);
//! }
//! files.mkdir("/app/data").await?;
//! files.remove("/app/old_data").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Large files
//!
//! ```no_run
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! capsule.files().upload_file("large.txt", "/data/large.txt").await?;
//!
//! let mut chunks = capsule.files().download("/data/large.txt").await?;
//! while let Some(chunk) = chunks.next().await {
//!     println!("{} bytes", chunk?.len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Git
//!
//! ```no_run
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! let git = capsule.git();
//! git.clone("https://github.com/org/repo.git").path("/app/repo").branch("main").await?;
//!
//! println!("{}", git.status().cwd("/app/repo").await?.stdout);
//! println!("{}", git.log().cwd("/app/repo").max_count(5).await?.stdout);
//!
//! git.checkout("feature").cwd("/app/repo").create(true).await?;
//! println!("{}", git.branch().cwd("/app/repo").await?.stdout);
//!
//! git.add(["README.md", "src/index.ts"]).cwd("/app/repo").await?;
//! git.commit("initial commit").cwd("/app/repo").await?;
//!
//! git.pull().cwd("/app/repo").remote("origin").branch("main").await?;
//! git.push().cwd("/app/repo").remote("origin").branch("main").await?;
//! # Ok(())
//! # }
//! ```
//!
//! Private remotes take [`GitCredentials`](crate::GitCredentials), call by call; they stay nowhere.
//!
//! # Terminals
//!
//! ```no_run
//! use wrenn::PtyEvent;
//!
//! # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! let mut terminal = capsule.pty().start().cmd("/bin/bash").cols(120).rows(40).cwd("/home/user").await?;
//! terminal.input("ls -la\n").await?;
//! while let Some(event) = terminal.next().await {
//!     match event? {
//!         PtyEvent::Data(bytes) => print!("{}", String::from_utf8_lossy(&bytes)),
//!         PtyEvent::Exited { .. } => break,
//!         _ => {}
//!     }
//! }
//!
//! // Join one that goes on.
//! let terminal = capsule.pty().connect("my-session-tag").await?;
//! terminal.input("echo reconnected\n").await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Python, cell by cell
//!
//! ```no_run
//! use wrenn::{CellEvent, CodeInterpreter};
//!
//! # async fn example() -> wrenn::Result<()> {
//! let interpreter = CodeInterpreter::create().await?;
//! interpreter.capsule().wait_for_ready().await?;
//!
//! // Cells of a notebook share variables. The value of the last expression is `text`.
//! let notebook = interpreter.notebook();
//! notebook.exec_cell("x = 42").await?;
//! println!("{:?}", notebook.exec_cell("x * 2").await?.text()); // Some("84")
//!
//! // What comes of a cell, as it comes.
//! let mut events = notebook.exec_cell("for i in range(3): print(i)").stream().await?;
//! while let Some(event) = events.next().await {
//!     if let CellEvent::Stdout(text) = event? {
//!         print!("{text}");
//!     }
//! }
//!
//! // A failing cell is a result.
//! if let Some(error) = notebook.exec_cell("1 / 0").await?.error {
//!     println!("{}: {}", error.name, error.value);
//! }
//!
//! // Figures come as images, in base64.
//! let plot = "import matplotlib.pyplot as plt; plt.plot([1, 4, 9]); plt.show()";
//! let figure = notebook.exec_cell(plot).await?.results[0].png().is_some();
//! interpreter.destroy().await?;
//! # Ok(())
//! # }
//! ```
//!
//! A capsule without a Jupyter server runs each cell by `python3 -c`, and they share nothing.
//!
//! # Templates from capsules
//!
//! ```no_run
//! # async fn example(client: wrenn::Client, capsule: wrenn::Capsule) -> wrenn::Result<()> {
//! let template = client.snapshots().create(&capsule).name("with-tools").await?;
//! let copy = client.create_capsule(template.name).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Errors
//!
//! ```no_run
//! use wrenn::{Capsule, Error};
//!
//! # async fn example() -> wrenn::Result<()> {
//! match Capsule::connect("missing")?.info().await {
//!     Err(Error::NotFound(refusal)) => println!("{} {} {}", refusal.code, refusal.message, refusal.status),
//!     Err(error) => println!("{:?}", error.body()),
//!     Ok(_) => {}
//! }
//! # Ok(())
//! # }
//! ```
//!
//! | [`Error`](crate::Error) | status |
//! |---|---|
//! | `BadRequest` | 400 |
//! | `Authentication` | 401 |
//! | `Forbidden` | 403 |
//! | `NotFound` | 404 |
//! | `Conflict`, `HostHasCapsules` | 409 |
//! | `PayloadTooLarge` | 413 |
//! | `RateLimited` | 429 |
//! | `Server` | 5xx |
//! | `Timeout`, `Connection`, `Disconnected`, `Stream`, `NotReady`, `StartFailed`, … | none: the server did not refuse |
