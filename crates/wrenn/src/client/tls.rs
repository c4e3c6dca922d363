//! Encryption, with ring and without a provider installed for the whole process.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, client::WantsClientCert};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::{Error, Result};

/// A configuration that trusts what this machine trusts.
pub(super) fn verifying() -> Result<Arc<ClientConfig>> {
    let builder = builder().with_platform_verifier().map_err(|error| {
        Error::Config(format!("this machine's trusted certificates cannot be read: {error}"))
    })?;
    Ok(Arc::new(finish(builder)))
}

/// A configuration that trusts nobody, for clients of servers without encryption: reading this machine's
/// certificates would cost each of them milliseconds for nothing.
pub(super) fn refusing() -> ClientConfig {
    finish(builder().with_root_certificates(RootCertStore::empty()))
}

fn builder() -> rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier> {
    ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|_| unreachable!("ring supports the default protocol versions"))
}

fn finish(builder: rustls::ConfigBuilder<ClientConfig, WantsClientCert>) -> ClientConfig {
    builder.with_no_client_auth()
}
