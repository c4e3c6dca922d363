//! What teams reserved, by day.

use sqlx::Row;
use wrenn_api::TeamId;

use crate::{Error, Result, Store, stats::signed};

/// What a team reserved on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRow {
    /// The day (UTC), as in `2026-01-31`.
    pub day: String,
    /// Processors × milliseconds.
    pub cpu_ms: u64,
    /// MiB of memory × milliseconds.
    pub ram_mb_ms: u64,
}

impl Store {
    /// Adds to what teams reserved.
    pub async fn add_usage(&self, amounts: &[(TeamId, UsageRow)]) -> Result<()> {
        const ACTION: &str = "add to the usage";
        let mut transaction = self.begin(ACTION).await?;
        for (team, amount) in amounts {
            sqlx::query(
                "INSERT INTO team_usage (team_id, day, cpu_ms, ram_mb_ms) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (team_id, day) DO UPDATE SET cpu_ms = team_usage.cpu_ms + excluded.cpu_ms,
                 ram_mb_ms = team_usage.ram_mb_ms + excluded.ram_mb_ms",
            )
            .bind(team.as_str())
            .bind(&amount.day)
            .bind(signed(amount.cpu_ms))
            .bind(signed(amount.ram_mb_ms))
            .execute(&mut *transaction)
            .await
            .map_err(Error::query(ACTION))?;
        }
        transaction.commit().await.map_err(Error::query(ACTION))
    }

    /// What a team reserved from the day `from` to the day `to`, both included.
    pub async fn usage(&self, team: &TeamId, from: &str, to: &str) -> Result<Vec<UsageRow>> {
        const ACTION: &str = "read the usage";
        let rows = sqlx::query(
            "SELECT day, cpu_ms, ram_mb_ms FROM team_usage
             WHERE team_id = $1 AND day >= $2 AND day <= $3 ORDER BY day",
        )
        .bind(team.as_str())
        .bind(from)
        .bind(to)
        .fetch_all(&self.pool)
        .await
        .map_err(Error::query(ACTION))?;
        rows.iter()
            .map(|row| {
                Ok(UsageRow {
                    day: row.try_get("day")?,
                    cpu_ms: row.try_get::<i64, _>("cpu_ms")?.unsigned_abs(),
                    ram_mb_ms: row.try_get::<i64, _>("ram_mb_ms")?.unsigned_abs(),
                })
            })
            .collect::<std::result::Result<_, _>>()
            .map_err(Error::query(ACTION))
    }
}
