//! The domain logic of the control plane: who may do what, and what it means. Names neither HTTP nor SQL.
//!
//! Everything is asked of a [`Control`], by team: what belongs to another team is not found. The methods stand in one
//! file per resource and verb.

mod bootstrap;
mod capsules;
mod commands;
mod config;
mod control;
mod convert;
mod error;
mod files;
mod keys;
mod notebooks;
mod notes;
mod ports;
mod session;
mod snapshots;
mod streams;
mod team;
mod text;

pub use bootstrap::Credentials;
pub use capsules::CapsulePage;
pub use commands::exit_code;
pub use config::{ControlConfig, Limits};
pub use control::Control;
pub use error::{ControlError, Result};
pub use keys::{Caller, NewApiKey};
pub use notebooks::{CellRun, CellStop};
pub use ports::{PortPass, PortStream, PortVisit, Signed, SignedPath};
pub use streams::{FileBody, ProcessStream, WatchStream};
pub use text::Text;
pub use wrenn_host::{ActivityGuard, DEFAULT_ID_REGISTRY, Runtimes};
pub use wrenn_store::ApiKey;
