//! The host: owns the capsules of one machine.
//!
//! Each capsule has one owner task, which is its state machine (see `capsule/`); all that happens to it goes through that
//! task's queue. What a capsule is stands in its `capsule.json` before anybody can see it, so that a [`Host`] killed
//! at any instant loses none: the next one finds the running ones, clears the half-made ones and reports the dead.

mod activity;
mod capsule;
mod disk;
mod error;
mod fork;
mod host;
mod ids;
mod metrics;
mod observer;
mod ports;
mod record;
mod recovery;
mod runtimes;
mod startup;
mod state;

pub use activity::ActivityGuard;
pub use error::{HostError, Result};
pub use host::{Host, HostConfig, NewCapsule};
pub use ids::{DEFAULT_ID_REGISTRY, FIRST_ID, RANGES};
pub use metrics::Point;
pub use observer::{Observer, ObserverError};
pub use ports::{PortAccess, PortRules};
pub use record::{CapsuleView, Record};
pub use runtimes::Runtimes;
pub use startup::{START_TAG, Startup};
pub use state::State;
