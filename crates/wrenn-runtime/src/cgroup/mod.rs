//! Control groups: limits, readings, freezing and killing on version 1, version 2 and hybrid hosts.
//!
//! A capsule has one group, `wrenn/<id>`, in each hierarchy that carries one of the wanted controllers. Which hierarchy
//! that is, and so which files it has, is decided in [`layout`] alone; everything else asks it.

mod freezer;
mod group;
mod layout;
mod limits;
mod members;
mod reading;

#[cfg(test)]
mod fake;

pub(crate) use group::Group;
pub(crate) use layout::{Hierarchy, Layout};
pub(crate) use limits::Limits;
pub(crate) use reading::Reading;
