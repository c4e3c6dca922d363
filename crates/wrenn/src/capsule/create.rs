//! The making of a capsule.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use super::{Capsule, OwnedCapsule};
use crate::{Client, NetworkPolicy, OnTimeout, Result, RuntimeKind, api};

/// A new capsule in preparation, by [`Capsule::create`] or [`Client::create_capsule`]; await it to create it.
///
/// Dropping the future while it waits may leave a capsule behind that nobody knows; give it a `timeout` with
/// [`OnTimeout::Destroy`] where that matters.
///
/// ```no_run
/// use std::time::Duration;
/// use wrenn::{Capsule, OnTimeout, RuntimeKind};
///
/// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
/// let capsule = Capsule::create("base-python")
///     .client(&client)
///     .vcpus(2)
///     .memory_mb(1024)
///     .timeout(Duration::from_secs(300))
///     .on_timeout(OnTimeout::Destroy)
///     .env("MODE", "test")
///     .envs([("REGION", "eu")])
///     .metadata("owner", "ci")
///     .runtime(RuntimeKind::Microvm)
///     .await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to create the capsule"]
pub struct CreateCapsule {
    client: Option<Client>,
    request: api::CreateCapsuleRequest,
}

impl CreateCapsule {
    pub(crate) fn new(template: String) -> Self {
        let request = api::CreateCapsuleRequest { template: Some(template), ..Default::default() };
        Self { client: None, request }
    }

    /// Another template than the one it began with.
    pub(crate) fn of_template(mut self, name: String) -> Self {
        self.request.template = Some(name);
        self
    }

    /// The client to create it with; else that of the environment.
    pub fn client(mut self, client: &Client) -> Self {
        self.client = Some(client.clone());
        self
    }

    /// Processors (1).
    pub fn vcpus(mut self, vcpus: u32) -> Self {
        self.request.vcpus = Some(vcpus);
        self
    }

    /// Memory in MiB (512). A container takes at least 32, a microVM 96.
    pub fn memory_mb(mut self, mebibytes: u32) -> Self {
        self.request.memory_mb = Some(mebibytes);
        self
    }

    /// The time without use, in whole seconds, after which it pauses (never).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.timeout_sec(u32::try_from(timeout.as_secs()).unwrap_or(u32::MAX))
    }

    /// The seconds without use after which it pauses (0: never).
    pub fn timeout_sec(mut self, seconds: u32) -> Self {
        self.request.timeout_sec = Some(seconds);
        self
    }

    /// What happens after that time instead of a pause.
    pub fn on_timeout(mut self, action: OnTimeout) -> Self {
        self.request.on_timeout = Some(action);
        self
    }

    /// Sets an environment variable of every command in it.
    pub fn env(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.envs.insert(name.into(), value.into());
        self
    }

    /// Sets environment variables of every command in it.
    pub fn envs(mut self, envs: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>) -> Self {
        self.request.envs.extend(envs.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Notes something about it, to find it by in lists.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.request.metadata.insert(key.into(), value.into());
        self
    }

    /// How it is isolated, where the server offers several ways (as its template, else as the server has it).
    pub fn runtime(mut self, runtime: RuntimeKind) -> Self {
        self.request.runtime = Some(runtime);
        self
    }

    /// What it may reach (the internet).
    ///
    /// ```no_run
    /// use wrenn::{Capsule, NetworkPolicy};
    ///
    /// # async fn example() -> wrenn::Result<()> {
    /// let policy = NetworkPolicy {
    ///     allow_internet: false,
    ///     allow_out: vec!["pypi.org".into(), "*.pythonhosted.org".into()],
    ///     ..NetworkPolicy::default()
    /// };
    /// let capsule = Capsule::create("base-python").network(policy).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn network(mut self, policy: NetworkPolicy) -> Self {
        self.request.network = Some(policy);
        self
    }

    /// Whether its ports are for the team only (no: whoever knows a port's address may come).
    pub fn private_ports(mut self, private: bool) -> Self {
        self.request.private_ports = Some(private);
        self
    }

    /// Creates it and returns a guard that destroys it when dropped.
    ///
    /// ```no_run
    /// # async fn example() -> wrenn::Result<()> {
    /// let capsule = wrenn::Capsule::create("minimal").owned().await?;
    /// capsule.commands().exec("echo").arg("work").await?;
    /// capsule.destroy().await?; // or by drop, in the background
    /// # Ok(())
    /// # }
    /// ```
    pub async fn owned(self) -> Result<OwnedCapsule> {
        self.send().await.map(OwnedCapsule::new)
    }

    /// Creates it, waits until it is ready, hands it to `work` and destroys it afterwards, whatever came of the work.
    /// When the work succeeded but the capsule could not be destroyed, that is the error.
    ///
    /// ```no_run
    /// use wrenn::Capsule;
    ///
    /// # async fn example() -> wrenn::Result<()> {
    /// let output = Capsule::create("minimal")
    ///     .with(async |capsule| capsule.commands().exec("echo").arg("work").await)
    ///     .await?;
    /// println!("{}", output.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn with<T, E: From<crate::Error>>(
        self,
        work: impl AsyncFnOnce(&Capsule) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        let capsule = self.owned().await?;
        let outcome = match capsule.wait_for_ready().await {
            Ok(_) => work(&capsule).await,
            Err(error) => Err(error.into()),
        };
        let destroyed = capsule.destroy().await;
        outcome.and_then(|value| destroyed.map(|()| value).map_err(E::from))
    }

    async fn send(self) -> Result<Capsule> {
        let client = match self.client {
            Some(client) => client,
            None => Client::from_env()?,
        };
        let template = self.request.template();
        let call =
            client.call(Method::POST, &["capsules"], format!("create a capsule from template {template:?}"));
        let created: api::Capsule = call.json(&self.request).receive().await?;
        Ok(Capsule::attach(client, created.id.into()))
    }
}

impl IntoFuture for CreateCapsule {
    type Output = Result<Capsule>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.send().boxed()
    }
}
