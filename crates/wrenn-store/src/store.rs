//! The database itself.

use std::{path::Path, str::FromStr, time::Duration};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{Error, Result};

/// How long a statement waits for another process's transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: SqlitePool,
}

impl Store {
    /// Opens the database file, makes it when missing, and brings its tables up to date.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // Loses at most the last moments when the power fails, and nothing when the server is killed.
            .synchronous(SqliteSynchronous::Normal);
        Self::connect(options, 4).await.map_err(|error| match error {
            Error::Query { source, .. } => Error::Open { path: path.to_owned(), source },
            other => other,
        })
    }

    /// A database that is gone when the last clone is dropped.
    pub async fn in_memory() -> Result<Self> {
        Self::connect(SqliteConnectOptions::new().in_memory(true), 1).await
    }

    /// Ends every connection, so that the file is whole without its journal.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn connect(options: SqliteConnectOptions, connections: u32) -> Result<Self> {
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            // No minimum: the pool would open that many in the background, beside the first one, and of two connections
            // that switch a new file to WAL at once SQLite refuses one without waiting.
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.busy_timeout(BUSY_TIMEOUT).foreign_keys(true))
            .await
            .map_err(Error::query("open the database"))?;
        sqlx::migrate!().run(&pool).await.map_err(Error::Migrate)?;
        Ok(Self { pool })
    }

    /// Begins a transaction that writes, so that it never has to give way half done.
    pub(crate) async fn begin(&self, action: &'static str) -> Result<Transaction<'static, Sqlite>> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.map_err(Error::query(action))
    }
}

/// Reads a column whose text is the name of something.
pub(crate) fn parse<T: FromStr>(
    table: &'static str,
    key: &str,
    column: &'static str,
    value: &str,
) -> Result<T> {
    value.parse().map_err(|_| Error::Corrupt { table, key: key.to_owned(), column, value: value.to_owned() })
}
