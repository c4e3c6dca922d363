//! The control plane's memory: one set of queries, one file per resource.
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let store = wrenn_store::Store::in_memory().await?;
//! assert!(store.is_new().await?);
//! # Ok::<(), wrenn_store::Error>(())
//! # }).unwrap();
//! ```

mod accounts;
mod api_keys;
mod capsules;
mod error;
mod stats;
mod store;
mod usage;

pub use accounts::{NewOwner, Role};
pub use api_keys::ApiKey;
pub use capsules::{CapsuleFilter, CapsuleRow};
pub use error::{Error, Result};
pub use stats::{Sample, StatsRow};
pub use store::Store;
pub use usage::UsageRow;
