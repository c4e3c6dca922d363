//! One capsule.

mod create;
mod lifecycle;
mod owned;
mod ports;
mod ready;

use std::{fmt, sync::Arc};

use http::Method;

pub use create::CreateCapsule;
pub use owned::OwnedCapsule;
pub use ports::SignUrl;

use crate::{Client, Commands, Files, Git, Pty, Result, client::Call};

/// A handle on a capsule. Cheap to clone; dropping it does nothing to the capsule ([`OwnedCapsule`] destroys it).
///
/// ```no_run
/// use wrenn::Capsule;
///
/// # async fn example() -> wrenn::Result<()> {
/// let capsule = Capsule::create("minimal").await?;
/// capsule.wait_for_ready().await?;
/// println!("{}", capsule.commands().exec("uname").arg("-r").await?.stdout);
/// capsule.destroy().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Capsule {
    client: Client,
    id: Arc<str>,
}

impl Capsule {
    /// Prepares a new capsule from a template; await it to create it. The client comes from the environment unless
    /// [`CreateCapsule::client`] gives one.
    ///
    /// ```no_run
    /// # async fn example() -> wrenn::Result<()> {
    /// let capsule = wrenn::Capsule::create("minimal").vcpus(2).memory_mb(1024).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(template: impl Into<String>) -> CreateCapsule {
        CreateCapsule::new(template.into())
    }

    /// A handle on an existing capsule, with the client of the environment. Nothing is sent: whether it exists shows
    /// with the first call.
    ///
    /// ```no_run
    /// # async fn example() -> wrenn::Result<()> {
    /// let capsule = wrenn::Capsule::connect("cl-abc123")?;
    /// println!("{}", capsule.info().await?.status);
    /// # Ok(())
    /// # }
    /// ```
    pub fn connect(id: impl Into<String>) -> Result<Self> {
        Ok(Client::from_env()?.capsule(id))
    }

    pub(crate) fn attach(client: Client, id: String) -> Self {
        Self { client, id: id.into() }
    }

    /// The capsule's id.
    ///
    /// ```no_run
    /// # fn example(capsule: wrenn::Capsule) {
    /// println!("{}", capsule.id());
    /// # }
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The client that this handle calls through.
    ///
    /// ```no_run
    /// # fn example(capsule: wrenn::Capsule) {
    /// println!("{}", capsule.client().base_url());
    /// # }
    /// ```
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Runs commands and manages processes.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let output = capsule.commands().exec("echo").arg("hello").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn commands(&self) -> Commands<'_> {
        Commands::new(self)
    }

    /// Reads and writes files.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.files().write("/app/main.py", "print('hello')").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn files(&self) -> Files<'_> {
        Files::new(self)
    }

    /// Runs git inside.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let status = capsule.git().status().cwd("/app/repo").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn git(&self) -> Git<'_> {
        Git::new(self)
    }

    /// Opens interactive terminals.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let terminal = capsule.pty().start().cols(120).rows(40).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn pty(&self) -> Pty<'_> {
        Pty::new(self)
    }

    /// The path below `/v1` of one of this capsule's routes.
    pub(crate) fn segments<'s>(&'s self, route: &[&'s str]) -> Vec<&'s str> {
        [&["capsules", &*self.id], route].concat()
    }

    /// How errors name what is done to this capsule: `verb`, like `read "/x" of`, then which capsule.
    pub(crate) fn operation(&self, verb: &str) -> String {
        format!("{verb} capsule {}", self.id)
    }

    /// A call of one of this capsule's routes.
    pub(crate) fn call(&self, method: Method, route: &[&str], verb: &str) -> Call<'_> {
        self.client.call(method, &self.segments(route), self.operation(verb))
    }
}

impl fmt::Debug for Capsule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Capsule").field(&self.id).finish()
    }
}
