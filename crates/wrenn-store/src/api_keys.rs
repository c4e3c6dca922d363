//! API keys. Only their hashes are here.

use sqlx::{Executor, Row, Sqlite, sqlite::SqliteRow};
use wrenn_api::{KeyId, TeamId, Timestamp};

use crate::{Error, Result, Store, store::parse};

/// What is kept of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// The team that it acts for.
    pub team_id: TeamId,
    /// What its maker called it.
    pub name: String,
    /// How the secret begins, for people to tell keys apart.
    pub key_prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last shown, give or take some seconds.
    pub last_used: Option<Timestamp>,
}

impl Store {
    /// Adds a key.
    pub async fn create_api_key(&self, key: &ApiKey, key_hash: &str) -> Result<()> {
        insert(&self.pool, key, key_hash).await
    }

    /// Finds the key whose secret has this hash.
    pub async fn find_api_key(&self, key_hash: &str) -> Result<Option<ApiKey>> {
        let row = sqlx::query("SELECT * FROM api_keys WHERE key_hash = $1")
            .bind(key_hash)
            .fetch_optional(&self.pool)
            .await
            .map_err(Error::query("find an API key"))?;
        row.as_ref().map(read).transpose()
    }

    /// A team's keys, oldest first.
    pub async fn list_api_keys(&self, team: &TeamId) -> Result<Vec<ApiKey>> {
        let rows = sqlx::query("SELECT * FROM api_keys WHERE team_id = $1 ORDER BY created_at, id")
            .bind(team.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(Error::query("list the API keys"))?;
        rows.iter().map(read).collect()
    }

    /// Removes a team's key; false when it has none of this id.
    pub async fn delete_api_key(&self, team: &TeamId, id: &KeyId) -> Result<bool> {
        let result = sqlx::query("DELETE FROM api_keys WHERE team_id = $1 AND id = $2")
            .bind(team.as_str())
            .bind(id.as_str())
            .execute(&self.pool)
            .await
            .map_err(Error::query("delete an API key"))?;
        Ok(result.rows_affected() > 0)
    }

    /// Notes when keys were used.
    pub async fn touch_api_keys(&self, uses: &[(KeyId, Timestamp)]) -> Result<()> {
        const ACTION: &str = "note the use of API keys";
        let mut transaction = self.begin(ACTION).await?;
        for (id, at) in uses {
            sqlx::query("UPDATE api_keys SET last_used = $1 WHERE id = $2")
                .bind(at.unix_ms())
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await
                .map_err(Error::query(ACTION))?;
        }
        transaction.commit().await.map_err(Error::query(ACTION))
    }
}

pub(crate) async fn insert<'e>(
    executor: impl Executor<'e, Database = Sqlite>,
    key: &ApiKey,
    key_hash: &str,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO api_keys (id, team_id, name, key_prefix, key_hash, created_at, last_used)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(key.id.as_str())
    .bind(key.team_id.as_str())
    .bind(&key.name)
    .bind(&key.key_prefix)
    .bind(key_hash)
    .bind(key.created_at.unix_ms())
    .bind(key.last_used.map(Timestamp::unix_ms))
    .execute(executor)
    .await
    .map(|_| ())
    .map_err(Error::query("make an API key"))
}

fn read(row: &SqliteRow) -> Result<ApiKey> {
    let failed = Error::query("read an API key");
    let read = || -> std::result::Result<_, sqlx::Error> {
        Ok((
            row.try_get::<String, _>("id")?,
            row.try_get::<String, _>("team_id")?,
            row.try_get::<String, _>("name")?,
            row.try_get::<String, _>("key_prefix")?,
            row.try_get::<i64, _>("created_at")?,
            row.try_get::<Option<i64>, _>("last_used")?,
        ))
    };
    let (id, team_id, name, key_prefix, created_at, last_used) = read().map_err(failed)?;
    Ok(ApiKey {
        team_id: parse("API key", &id, "team_id", &team_id)?,
        id: parse("API key", &id, "id", &id)?,
        name,
        key_prefix,
        created_at: Timestamp::from_unix_ms(created_at),
        last_used: last_used.map(Timestamp::from_unix_ms),
    })
}
