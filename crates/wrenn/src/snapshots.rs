//! Templates: those built in and those taken from capsules.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use crate::{Capsule, Client, Result, api};

/// How much longer than other calls the copy of a capsule's files may take.
const COPY_TIME: Duration = Duration::from_secs(600);

/// The team's snapshots and the built-in templates, by [`Client::snapshots`].
///
/// ```no_run
/// # async fn example(client: wrenn::Client, capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let template = client.snapshots().create(&capsule).name("with-tools").overwrite(true).await?;
/// let copy = client.create_capsule(template.name).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Snapshots {
    client: Client,
}

impl Snapshots {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Keeps a capsule's files as a template; the capsule goes on, after a short pause for the copy.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client, capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let template = client.snapshots().create(&capsule).await?;
    /// println!("{} {} bytes", template.name, template.size_bytes);
    /// # Ok(())
    /// # }
    /// ```
    pub fn create(&self, capsule: &Capsule) -> CreateSnapshot {
        let client = self.client.clone();
        CreateSnapshot { client, capsule: capsule.id().to_owned(), name: None, overwrite: false }
    }

    /// All templates.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// for template in client.snapshots().list().await? {
    ///     println!("{} {:?}", template.name, template.kind);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn list(&self) -> Result<Vec<api::Template>> {
        self.client.call(Method::GET, &["snapshots"], "list templates").receive().await
    }

    /// Deletes a snapshot. Capsules that were made from it are unharmed.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// client.snapshots().delete("with-tools").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn delete(&self, name: &str) -> Result<()> {
        self.client
            .call(Method::DELETE, &["snapshots", name], format!("delete template {name:?}"))
            .finish()
            .await
    }
}

/// A snapshot in preparation, by [`Snapshots::create`]; await it to take it.
///
/// ```no_run
/// # async fn example(client: wrenn::Client, capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// client.snapshots().create(&capsule).name("with-tools").overwrite(true).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to take the snapshot"]
pub struct CreateSnapshot {
    client: Client,
    capsule: String,
    name: Option<String>,
    overwrite: bool,
}

impl CreateSnapshot {
    /// The template's name; one is made up when not set.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether a snapshot of that name is replaced (no: [`Error::Conflict`](crate::Error::Conflict)).
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    async fn run(self) -> Result<api::Template> {
        let operation = format!("take a snapshot of capsule {}", self.capsule);
        let mut body = serde_json::json!({ "sandbox_id": self.capsule });
        if let Some(name) = self.name {
            body["name"] = name.into();
        }
        let mut call =
            self.client.call(Method::POST, &["snapshots"], operation).extra_time(COPY_TIME).json(&body);
        if self.overwrite {
            call = call.query("overwrite", "true");
        }
        call.receive().await
    }
}

impl IntoFuture for CreateSnapshot {
    type Output = Result<api::Template>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}
