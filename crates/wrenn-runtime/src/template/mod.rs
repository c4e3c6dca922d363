//! Templates: the root filesystems that capsules are made from.
//!
//! A template is a name for an *image*; an image is a directory with one or more *layers* (plain directory trees, whose
//! deletions are overlayfs whiteouts) and a description that names the layers of other images below its own.
//!
//! ```text
//! <cache>/                     images of the built-in templates, shared by every data directory of the machine
//!   minimal-<hash>/            an image: image.json, 0/ (its layer)
//!   base-python-<hash>/
//! <data-dir>/templates/
//!   images/<id>/               images of people's own builds and of snapshots
//!   names/machine/<name>.json  templates built on this machine, for every team
//!   names/teams/<team>/…       a team's snapshots
//!   tmp/                       what is being made; cleared of what a killed build left
//! ```
//!
//! Everything appears by one rename, so that a reader finds an image whole or not at all. The directories are closed to
//! other users of the machine, because the trees hold set-user-id programs of whoever made them.

mod apt;
mod bootstrap;
mod build;
mod buildah;
mod builtin;
mod context;
mod dockerfile;
mod error;
mod event;
mod garbage;
mod image;
mod labels;
mod lock;
mod merge;
mod name;
mod oci;
mod pip;
mod program;
mod record;
mod scratch;
mod snapshot;
mod store;
mod tree;
mod whiteout;

pub use builtin::Builtin;
pub use error::TemplateError;
pub use event::{BuildEvent, Progress, silent};
pub use garbage::Swept;
pub use name::check_name;
pub use record::{Defaults, StartCommand, Template, TemplateKind};
pub use snapshot::{NewSnapshot, PendingLayer};
pub use store::{CACHE_VARIABLE, DEFAULT_CACHE, TemplateStore};

#[cfg(test)]
mod tests;
