//! What can go wrong between here and a server.

use std::{io, time::Duration};

/// The result of asking a server.
pub type Result<T> = std::result::Result<T, JupyterError>;

/// Why a server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum JupyterError {
    /// Nothing listens where the server should.
    #[error("cannot {action}: nothing listens on the port")]
    NotListening {
        /// What was tried.
        action: &'static str,
    },
    /// It could not be reached, or the connection broke.
    #[error("cannot {action}: the connection failed")]
    Connection {
        /// What was tried.
        action: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// It refused.
    #[error("cannot {action}: the server answered {status}: {message}")]
    Refused {
        /// What was tried.
        action: &'static str,
        /// The status.
        status: u16,
        /// The beginning of what it said.
        message: String,
    },
    /// Its answer is not what a Jupyter server says.
    #[error("cannot {action}: the answer makes no sense: {reason}")]
    Malformed {
        /// What was tried.
        action: &'static str,
        /// What is wrong with the answer.
        reason: String,
    },
    /// It did not answer in time.
    #[error("cannot {action}: no answer within {limit:?}")]
    Timeout {
        /// What was tried.
        action: &'static str,
        /// How long was waited.
        limit: Duration,
    },
    /// A message of a kernel is larger than is taken.
    #[error("a message of the kernel is larger than {limit} bytes")]
    TooLarge {
        /// The most that is taken.
        limit: usize,
    },
}

impl JupyterError {
    /// Whether nothing listens, or something that is no Jupyter server.
    #[must_use]
    pub fn means_no_server(&self) -> bool {
        matches!(self, Self::NotListening { .. } | Self::Refused { .. } | Self::Malformed { .. })
    }

    /// For connections that could not be opened.
    pub(crate) fn connect(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::NotListening { action },
            _ => Self::Connection { action, source: error.into() },
        }
    }

    /// For connections that broke.
    pub(crate) fn connection<E: std::error::Error + Send + Sync + 'static>(
        action: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |error| Self::Connection { action, source: error.into() }
    }

    /// For answers that cannot be read.
    pub(crate) fn malformed(action: &'static str, reason: &impl ToString) -> Self {
        Self::Malformed { action, reason: reason.to_string() }
    }
}
