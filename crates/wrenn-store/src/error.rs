//! What can go wrong with the database.

use std::path::PathBuf;

/// The result of a query.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed operation on the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be opened.
    #[error("cannot open the database {path}")]
    Open {
        /// Its file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: sqlx::Error,
    },
    /// The tables cannot be brought to this version's form.
    #[error("cannot bring the database's tables up to date")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("cannot {action}")]
    Query {
        /// What it was to do.
        action: &'static str,
        /// Why it failed.
        #[source]
        source: sqlx::Error,
    },
    /// A value in the database is none that this version writes.
    #[error("{table} {key} has an unreadable {column}: {value}")]
    Corrupt {
        /// The table, in the singular.
        table: &'static str,
        /// Which row.
        key: String,
        /// Which column.
        column: &'static str,
        /// The value.
        value: String,
    },
}

impl Error {
    pub(crate) fn query(action: &'static str) -> impl FnOnce(sqlx::Error) -> Self {
        move |source| Self::Query { action, source }
    }
}
