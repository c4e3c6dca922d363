//! What this machine can and cannot do for capsules, and the remedy for each lack.
//!
//! ```no_run
//! # async fn example() {
//! use wrenn_runtime::doctor::{Status, examine};
//!
//! for check in examine("/var/lib/wrenn".as_ref()).await {
//!     if check.status != Status::Good {
//!         println!("{}: {} {}", check.name, check.detail, check.remedy.unwrap_or_default());
//!     }
//! }
//! # }
//! ```

mod disk;
mod kernel;
mod microvm;
mod programs;
mod templates;

use std::path::Path;

use serde::{Deserialize, Serialize};

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at, as in `control groups`.
    pub name: String,
    /// How it is.
    pub status: Status,
    /// What was found.
    pub detail: String,
    /// What to do about it, unless it is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// As it should be.
    Good,
    /// Capsules run, but something is missing for other purposes.
    Warning,
    /// No capsule can run.
    Bad,
}

impl Check {
    /// Something that is as it should be.
    pub fn good(name: &str, detail: impl Into<String>) -> Self {
        Self { name: name.to_owned(), status: Status::Good, detail: detail.into(), remedy: None }
    }

    /// Something that is missing for other purposes than running capsules.
    pub fn warning(name: &str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: Status::Warning, remedy: Some(remedy.into()), ..Self::good(name, detail) }
    }

    /// Something without which no capsule can run.
    pub fn bad(name: &str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: Status::Bad, remedy: Some(remedy.into()), ..Self::good(name, detail) }
    }
}

/// Looks at everything that a server with its data in `data_dir` needs. Changes nothing that lasts.
pub async fn examine(data_dir: &Path) -> Vec<Check> {
    let dir = data_dir.to_owned();
    let blocking = tokio::task::spawn_blocking(move || {
        let mut checks = vec![
            kernel::root(),
            kernel::version(),
            kernel::user_namespaces(),
            kernel::mounts(&dir),
            kernel::control_groups(),
            disk::space(&dir),
            templates::built(&dir),
        ];
        checks.extend(microvm::all());
        checks
    });
    let mut checks = blocking.await.unwrap_or_default();
    checks.extend(programs::all().await);
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_machine_that_runs_these_tests_is_found_able() {
        let dir = tempfile::tempdir().unwrap();
        let checks = examine(&dir.path().join("not/there/yet")).await;
        let bad: Vec<_> = checks.iter().filter(|check| check.status == Status::Bad).collect();
        assert_eq!(bad, [] as [&Check; 0]);
        for check in &checks {
            assert_eq!(check.remedy.is_none(), check.status == Status::Good, "{check:?}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "it leaves nothing behind");
    }
}
