//! Pause, resume, end, and what a capsule tells of itself.

use std::time::Duration;

use http::Method;

use super::Capsule;
use crate::{MetricsRange, NetworkPolicy, Result, api};

/// How much longer than other calls the server may take to settle a capsule's state.
const SETTLE_TIME: Duration = Duration::from_secs(30);

impl Capsule {
    /// What the server knows of the capsule. A destroyed one is still known, as stopped.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let info = capsule.info().await?;
    /// println!("{} {} {}", info.status, info.template, info.memory_mb);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn info(&self) -> Result<api::Capsule> {
        self.call(Method::GET, &[], "get").receive().await
    }

    /// Freezes the capsule: memory and processes stay as they are. Refused with [`Conflict`](crate::Error::Conflict)
    /// when it does not run.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.pause().await?.status); // paused
    /// # Ok(())
    /// # }
    /// ```
    pub async fn pause(&self) -> Result<api::Capsule> {
        self.call(Method::POST, &["pause"], "pause").extra_time(SETTLE_TIME).receive().await
    }

    /// Lets a paused capsule go on. Refused with [`Conflict`](crate::Error::Conflict) when it is not paused.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.resume().await?.status); // running
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resume(&self) -> Result<api::Capsule> {
        self.call(Method::POST, &["resume"], "resume").extra_time(SETTLE_TIME).receive().await
    }

    /// Lets a paused capsule go on and waits until it runs.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.resume_and_wait().await?;
    /// println!("{}", capsule.commands().exec("echo").arg("still here").await?.stdout);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn resume_and_wait(&self) -> Result<api::Capsule> {
        let resumed = self.resume().await?;
        if resumed.status == api::CapsuleStatus::Running { Ok(resumed) } else { self.wait_for_ready().await }
    }

    /// Makes copies of the capsule, which runs or is paused and stays as it is. Either all are made or none. Copies of virtual
    /// machines go on with its processes; copies of containers have its files only.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// for copy in capsule.fork(3).await? {
    ///     copy.wait_for_ready().await?;
    ///     copy.destroy().await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn fork(&self, count: u32) -> Result<Vec<Self>> {
        let forked = self.fork_info(count).await?;
        let copies = forked.capsules.into_iter();
        Ok(copies.map(|copy| Self::attach(self.client.clone(), copy.id.into())).collect())
    }

    /// The same with all that the server says of the copies, among that whether they have the capsule's memory.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let forked = capsule.fork_info(1).await?;
    /// println!("{} memory: {}", forked.capsules[0].id, forked.memory);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn fork_info(&self, count: u32) -> Result<api::ForkCapsuleResponse> {
        let request = api::ForkCapsuleRequest { count: Some(count) };
        let call = self.call(Method::POST, &["fork"], "fork").extra_time(SETTLE_TIME);
        call.json(&request).receive().await
    }

    /// Counts as use: the time until an automatic pause begins anew.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.ping().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn ping(&self) -> Result<()> {
        self.call(Method::POST, &["ping"], "ping").idempotent().finish().await
    }

    /// What the capsule used over a time, in the newest half second up to that of a day in means of five minutes.
    ///
    /// ```no_run
    /// use wrenn::MetricsRange;
    ///
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// for point in capsule.metrics(MetricsRange::TenMinutes).await?.points {
    ///     println!("{} {:.1} % {} bytes", point.timestamp_unix, point.cpu_pct, point.mem_bytes);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn metrics(&self, range: MetricsRange) -> Result<api::CapsuleMetrics> {
        self.call(Method::GET, &["metrics"], "get metrics of").query("range", range.as_str()).receive().await
    }

    /// What the capsule may reach.
    ///
    /// ```no_run
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// println!("{}", capsule.network().await?.allow_internet);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn network(&self) -> Result<NetworkPolicy> {
        self.call(Method::GET, &["network"], "get the network policy of").receive().await
    }

    /// Changes what the capsule may reach, from now on. Connections that are not allowed any more end.
    ///
    /// ```no_run
    /// use wrenn::NetworkPolicy;
    ///
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// capsule.set_network(NetworkPolicy { allow_internet: false, ..NetworkPolicy::default() }).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn set_network(&self, policy: NetworkPolicy) -> Result<NetworkPolicy> {
        let call = self.call(Method::PUT, &["network"], "set the network policy of");
        call.idempotent().extra_time(SETTLE_TIME).json(&policy).receive().await
    }

    /// Destroys the capsule and all that is in it. No error when that was done already.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// client.capsule("cl-abc123").destroy().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn destroy(&self) -> Result<()> {
        self.call(Method::DELETE, &[], "destroy").extra_time(SETTLE_TIME).finish().await
    }
}
