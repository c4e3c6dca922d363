//! How many capsules teams had running, over time.

use sqlx::Row;
use wrenn_api::TeamId;

use crate::{Error, Result, Store};

/// The highest values of a team in a bucket of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sample {
    /// Running capsules.
    pub running: u64,
    /// Their processors.
    pub vcpus: u64,
    /// Their memory in MiB.
    pub memory_mb: u64,
}

/// A bucket's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatsRow {
    /// When the bucket begins, in seconds since 1970.
    pub bucket: i64,
    /// The values.
    pub sample: Sample,
}

impl Store {
    /// Adds samples taken at `now` (seconds since 1970) to the buckets of each of `resolutions` (lengths in seconds).
    /// A bucket keeps its highest values.
    pub async fn add_stats(&self, now: i64, resolutions: &[i64], samples: &[(TeamId, Sample)]) -> Result<()> {
        const ACTION: &str = "add to the statistics";
        let mut transaction = self.begin(ACTION).await?;
        for (team, sample) in samples {
            for &resolution in resolutions {
                sqlx::query(ADD)
                    .bind(team.as_str())
                    .bind(resolution)
                    .bind(now.div_euclid(resolution) * resolution)
                    .bind(signed(sample.running))
                    .bind(signed(sample.vcpus))
                    .bind(signed(sample.memory_mb))
                    .execute(&mut *transaction)
                    .await
                    .map_err(Error::query(ACTION))?;
            }
        }
        transaction.commit().await.map_err(Error::query(ACTION))
    }

    /// A team's buckets of one resolution from `since` on, oldest first; empty ones are left out.
    pub async fn stats(&self, team: &TeamId, resolution: i64, since: i64) -> Result<Vec<StatsRow>> {
        const ACTION: &str = "read the statistics";
        let rows = sqlx::query(
            "SELECT bucket, running, vcpus, memory_mb FROM team_stats
             WHERE team_id = $1 AND resolution_sec = $2 AND bucket >= $3 ORDER BY bucket",
        )
        .bind(team.as_str())
        .bind(resolution)
        .bind(since)
        .fetch_all(&self.pool)
        .await
        .map_err(Error::query(ACTION))?;
        rows.iter()
            .map(|row| {
                let number = |column: &'static str| row.try_get::<i64, _>(column);
                Ok(StatsRow {
                    bucket: number("bucket")?,
                    sample: Sample {
                        running: number("running")?.unsigned_abs(),
                        vcpus: number("vcpus")?.unsigned_abs(),
                        memory_mb: number("memory_mb")?.unsigned_abs(),
                    },
                })
            })
            .collect::<std::result::Result<_, _>>()
            .map_err(Error::query(ACTION))
    }

    /// Forgets the buckets of a resolution that are older than `before`.
    pub async fn trim_stats(&self, resolution: i64, before: i64) -> Result<()> {
        sqlx::query("DELETE FROM team_stats WHERE resolution_sec = $1 AND bucket < $2")
            .bind(resolution)
            .bind(before)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(Error::query("trim the statistics"))
    }
}

const ADD: &str = "INSERT INTO team_stats (team_id, resolution_sec, bucket, running, vcpus, memory_mb)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (team_id, resolution_sec, bucket) DO UPDATE SET
     running = CASE WHEN excluded.running > team_stats.running THEN excluded.running ELSE team_stats.running END,
     vcpus = CASE WHEN excluded.vcpus > team_stats.vcpus THEN excluded.vcpus ELSE team_stats.vcpus END,
     memory_mb = CASE WHEN excluded.memory_mb > team_stats.memory_mb THEN excluded.memory_mb
                      ELSE team_stats.memory_mb END";

pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
