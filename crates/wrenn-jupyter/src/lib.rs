//! A client of Jupyter servers, over any byte stream: sessions, kernels, and the channels of a kernel.
//!
//! What a server says is not trusted: answers are limited in size and time, and what makes no sense is an error.

mod channels;
mod error;
mod message;
mod rest;
mod server;
mod session;

use std::{future::Future, io};

use tokio::io::{AsyncRead, AsyncWrite};

pub use channels::Channels;
pub use error::{JupyterError, Result};
pub use message::{Display, DisplayKind, Event, Exception, Message, ReplyStatus};
pub use server::Jupyter;
pub use session::{Kernel, Session};

/// How a server is reached.
pub trait Connect: Send + Sync {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Opens a connection; an error of the kind `ConnectionRefused` says that nothing listens.
    fn connect(&self) -> impl Future<Output = io::Result<Self::Stream>> + Send;
}
