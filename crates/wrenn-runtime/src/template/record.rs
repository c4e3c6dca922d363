//! A template as callers see it.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::Kind;

/// A template that capsules can be made from now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name; for an alias, the name that the alias stands for.
    pub name: String,
    /// What it is.
    pub kind: TemplateKind,
    /// Its read-only trees, uppermost first, as a capsule's specification has them.
    pub layers: Vec<PathBuf>,
    /// Processors of a capsule made from it, when the request does not say.
    pub vcpus: Option<u32>,
    /// Memory in MiB of a capsule made from it, when the request does not say.
    pub memory_mb: Option<u32>,
    /// The only kind of runtime that can use it, when it holds memory.
    pub runtime: Option<Kind>,
    /// Bytes on disk of all its layers.
    pub size_bytes: u64,
    /// When it was built.
    pub created_at: OffsetDateTime,
    /// What its capsules begin with.
    pub defaults: Defaults,
}

/// What a template was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TemplateKind {
    /// A definition: built in, or a Dockerfile.
    Base,
    /// A capsule.
    Snapshot,
}

/// What capsules of a template begin with: its Dockerfile's `ENV`, `USER` and `WORKDIR`, and what its labels say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Defaults {
    /// Environment variables of every command.
    pub envs: BTreeMap<String, String>,
    /// The user that commands run as, when the call does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The directory that commands run in, when the call does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workdir: Option<String>,
    /// What is started with each capsule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<StartCommand>,
    /// Ports that are never open to those who have no key, whatever the capsule's creator says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub private_ports: Vec<u16>,
}

/// A command that is started with each capsule of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartCommand {
    /// The program and its arguments.
    pub argv: Vec<String>,
    /// The port inside on which it listens once it is ready; without one it is ready when it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_port: Option<u16>,
}
