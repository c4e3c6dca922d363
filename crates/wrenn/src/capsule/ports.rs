//! What listens inside, from outside.

use std::{future::IntoFuture, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use http::Method;

use super::Capsule;
use crate::{Result, api};

impl Capsule {
    /// The address of what listens on a port inside, without a slash at its end. Nothing is sent.
    ///
    /// By host name, as in `https://8000-cl-….wrenn.example`; by path for a server at an address or `localhost`. When the
    /// capsule has private ports, requests need the team's key in `X-API-Key`, the capsule's
    /// [`ports_token`](api::Capsule::ports_token) in `X-Wrenn-Ports-Token`, or a [signed address](Self::signed_url).
    ///
    /// ```no_run
    /// # fn example(capsule: wrenn::Capsule) {
    /// println!("open {}/", capsule.url(8000));
    /// # }
    /// ```
    pub fn url(&self, port: u16) -> String {
        self.client.port_url(self.id(), port)
    }

    /// The same as [`url`](Self::url), under the name that the other SDKs have for it.
    ///
    /// ```no_run
    /// # fn example(capsule: wrenn::Capsule) {
    /// println!("open {}/", capsule.get_url(8000));
    /// # }
    /// ```
    pub fn get_url(&self, port: u16) -> String {
        self.url(port)
    }

    /// Prepares an address that lets whoever has it come to a private port for a time, in whole seconds; await it to
    /// sign it.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
    /// let hour = Duration::from_secs(3600);
    /// let signed = capsule.signed_url(8000, hour).path("/reports/2026").await?;
    /// println!("{} until {}", signed.url, signed.expires_at);
    /// # Ok(())
    /// # }
    /// ```
    pub fn signed_url(&self, port: u16, lifetime: Duration) -> SignUrl {
        let seconds = u32::try_from(lifetime.as_secs()).unwrap_or(u32::MAX);
        let request = api::CreateSignedUrlRequest { port, expires_in_sec: Some(seconds), path: None };
        SignUrl { capsule: self.clone(), request }
    }
}

/// A signed address in preparation, by [`Capsule::signed_url`]; await it to sign it.
///
/// ```no_run
/// # async fn example(capsule: wrenn::Capsule) -> wrenn::Result<()> {
/// let signed = capsule.signed_url(8000, std::time::Duration::from_secs(60)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "await it to sign the address"]
pub struct SignUrl {
    capsule: Capsule,
    request: api::CreateSignedUrlRequest,
}

impl SignUrl {
    /// What it leads to; it then opens only that path and what is below it.
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.request.path = Some(path.into());
        self
    }

    async fn send(self) -> Result<api::SignedUrl> {
        let verb = format!("sign an address of port {} of", self.request.port);
        self.capsule.call(Method::POST, &["signed-urls"], &verb).json(&self.request).receive().await
    }
}

impl IntoFuture for SignUrl {
    type Output = Result<api::SignedUrl>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.send().boxed()
    }
}
