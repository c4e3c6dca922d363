//! All capsules of a team.

use std::future::IntoFuture;

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use crate::{CapsuleStatus, Client, Result, StatsRange, api};

/// The capsules of the team, by [`Client::capsules`].
///
/// ```no_run
/// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
/// let capsules = client.capsules();
/// let info = capsules.get("cl-abc123").await?;
/// let all = capsules.list().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Capsules {
    client: Client,
}

impl Capsules {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists capsules; await it to get them all.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// for capsule in client.capsules().list().metadata("owner", "ci").await? {
    ///     println!("{} {}", capsule.id, capsule.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn list(&self) -> ListCapsules {
        ListCapsules { client: self.client.clone(), query: api::ListCapsulesQuery::default() }
    }

    /// What the server knows of a capsule.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// println!("{}", client.capsules().get("cl-abc123").await?.status);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn get(&self, id: &str) -> Result<api::Capsule> {
        self.client.capsule(id).info().await
    }

    /// The team's capsules now and over a time.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// let stats = client.capsules().stats(wrenn::StatsRange::OneHour).await?;
    /// println!("{} running, at most {}", stats.current.running_count, stats.peaks.running_count);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn stats(&self, range: StatsRange) -> Result<api::CapsuleStats> {
        let call =
            self.client.call(Method::GET, &["capsules", "stats"], "get the statistics of all capsules");
        call.query("range", range.as_str()).receive().await
    }

    /// What the team used by day, for the last 30 days or from one date to another, as in `2026-01-31`.
    ///
    /// ```no_run
    /// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
    /// for day in client.capsules().usage(Some("2026-01-01"), None).await?.points {
    ///     println!("{} {:.1} min", day.date, day.cpu_minutes);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn usage(&self, from: Option<&str>, to: Option<&str>) -> Result<api::UsageResponse> {
        let mut call = self.client.call(Method::GET, &["capsules", "usage"], "get the usage of all capsules");
        for (name, date) in [("from", from), ("to", to)] {
            if let Some(date) = date {
                call = call.query(name, date);
            }
        }
        call.receive().await
    }
}

/// A list of capsules in preparation, by [`Capsules::list`]; await it to get all of them, page by page if need be.
///
/// ```no_run
/// use wrenn::CapsuleStatus;
///
/// # async fn example(client: wrenn::Client) -> wrenn::Result<()> {
/// let ended = client.capsules().list().status(CapsuleStatus::Stopped).metadata("owner", "ci").limit(20).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to get the list"]
pub struct ListCapsules {
    client: Client,
    query: api::ListCapsulesQuery,
}

impl ListCapsules {
    /// Only those in this state, or in one of several. When none is given, all but the stopped ones.
    pub fn status(mut self, status: CapsuleStatus) -> Self {
        self.query.status.push(status);
        self
    }

    /// Only those with this note.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.metadata.insert(key.into(), value.into());
        self
    }

    /// The most to list.
    pub fn limit(mut self, limit: u32) -> Self {
        self.query.limit = Some(limit);
        self
    }

    async fn run(mut self) -> Result<Vec<api::Capsule>> {
        let most = self.query.limit.map_or(usize::MAX, |limit| limit as usize);
        let mut capsules = Vec::new();
        loop {
            let (page, next) = self.page().await?;
            capsules.extend(page);
            if next.is_none() || capsules.len() >= most {
                capsules.truncate(most);
                return Ok(capsules);
            }
            self.query.cursor = next;
        }
    }

    async fn page(&self) -> Result<(Vec<api::Capsule>, Option<String>)> {
        let mut call = self.client.call(Method::GET, &["capsules"], "list capsules");
        for (name, value) in self.query.pairs() {
            call = call.query(&name, &value);
        }
        call.receive_page().await
    }
}

impl IntoFuture for ListCapsules {
    type Output = Result<Vec<api::Capsule>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.run().boxed()
    }
}
