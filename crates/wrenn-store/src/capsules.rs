//! What is known of each capsule that ever was.

use std::collections::HashSet;

use sqlx::{Row, sqlite::SqliteRow};
use wrenn_api::{Capsule, CapsuleId, CapsuleStatus, RuntimeKind, TeamId, Timestamp};

use crate::{Error, Result, Store, store::parse};

/// The longest time that one query holds the database for: so many rows are read at once.
const PAGE: i64 = 500;

/// A capsule and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsuleRow {
    /// The team.
    pub team_id: TeamId,
    /// The capsule.
    pub capsule: Capsule,
}

/// Which capsules to list.
#[derive(Debug, Clone, Default)]
pub struct CapsuleFilter {
    /// Only those older than this one, by time of creation, then id.
    pub before: Option<(Timestamp, CapsuleId)>,
    /// The most to return.
    pub limit: usize,
    /// Whether stopped ones are looked at too, of which there may be very many.
    pub stopped: bool,
}

impl Store {
    /// Writes down capsules as they are now, all in one transaction.
    pub async fn save_capsules(&self, rows: &[CapsuleRow]) -> Result<()> {
        const ACTION: &str = "save capsules";
        let mut transaction = self.begin(ACTION).await?;
        for CapsuleRow { team_id, capsule } in rows {
            let metadata = serde_json::to_string(&capsule.metadata).map_err(|error| Error::Query {
                action: ACTION,
                source: sqlx::Error::Encode(error.into()),
            })?;
            sqlx::query(SAVE)
                .bind(capsule.id.as_str())
                .bind(team_id.as_str())
                .bind(capsule.status.as_str())
                .bind(&capsule.template)
                .bind(i64::from(capsule.vcpus))
                .bind(i64::from(capsule.memory_mb))
                .bind(i64::from(capsule.timeout_sec))
                .bind(&capsule.guest_ip)
                .bind(&capsule.host_ip)
                .bind(runtime_name(capsule.runtime))
                .bind(capsule.host_id.as_ref().map(wrenn_api::HostId::as_str))
                .bind(metadata)
                .bind(capsule.created_at.unix_ms())
                .bind(capsule.started_at.map(Timestamp::unix_ms))
                .bind(capsule.last_active_at.map(Timestamp::unix_ms))
                .bind(capsule.last_updated.unix_ms())
                .execute(&mut *transaction)
                .await
                .map_err(Error::query(ACTION))?;
        }
        transaction.commit().await.map_err(Error::query(ACTION))
    }

    /// Finds a team's capsule.
    pub async fn find_capsule(&self, team: &TeamId, id: &CapsuleId) -> Result<Option<Capsule>> {
        let row = sqlx::query("SELECT * FROM capsules WHERE team_id = $1 AND id = $2")
            .bind(team.as_str())
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(Error::query("find a capsule"))?;
        row.as_ref().map(read).transpose()
    }

    /// A team's capsules that `matches`, newest first.
    pub async fn list_capsules(
        &self,
        team: &TeamId,
        filter: &CapsuleFilter,
        mut matches: impl FnMut(&Capsule) -> bool,
    ) -> Result<Vec<Capsule>> {
        let mut found = Vec::new();
        let mut before = match &filter.before {
            Some((at, id)) => (at.unix_ms(), id.as_str().to_owned()),
            None => (i64::MAX, String::new()),
        };
        loop {
            let rows = sqlx::query(if filter.stopped { ALL } else { UNSTOPPED })
                .bind(team.as_str())
                .bind(before.0)
                .bind(&before.1)
                .bind(PAGE)
                .fetch_all(&self.pool)
                .await
                .map_err(Error::query("list the capsules"))?;
            for row in &rows {
                let capsule = read(row)?;
                before = (capsule.created_at.unix_ms(), capsule.id.as_str().to_owned());
                if matches(&capsule) {
                    found.push(capsule);
                    if found.len() >= filter.limit {
                        return Ok(found);
                    }
                }
            }
            if (rows.len() as i64) < PAGE {
                return Ok(found);
            }
        }
    }

    /// Marks as `missing` the capsules that are alive by the database but not in `known`. Returns how many.
    pub async fn mark_missing(&self, known: &HashSet<CapsuleId>) -> Result<usize> {
        const ACTION: &str = "mark missing capsules";
        let mut transaction = self.begin(ACTION).await?;
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM capsules WHERE status NOT IN ('stopped', 'error', 'missing')")
                .fetch_all(&mut *transaction)
                .await
                .map_err(Error::query(ACTION))?;
        let mut marked = 0;
        for text in ids {
            let id: CapsuleId = parse("capsule", &text, "id", &text)?;
            if known.contains(&id) {
                continue;
            }
            sqlx::query("UPDATE capsules SET status = $1, last_updated = $2 WHERE id = $3")
                .bind(CapsuleStatus::Missing.as_str())
                .bind(Timestamp::now().unix_ms())
                .bind(&text)
                .execute(&mut *transaction)
                .await
                .map_err(Error::query(ACTION))?;
            marked += 1;
        }
        transaction.commit().await.map_err(Error::query(ACTION))?;
        Ok(marked)
    }

    /// Sets the status of a team's capsule that no host has any more.
    pub async fn set_capsule_status(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        status: CapsuleStatus,
    ) -> Result<()> {
        sqlx::query("UPDATE capsules SET status = $1, last_updated = $2 WHERE team_id = $3 AND id = $4")
            .bind(status.as_str())
            .bind(Timestamp::now().unix_ms())
            .bind(team.as_str())
            .bind(id.as_str())
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(Error::query("set a capsule's status"))
    }
}

const SAVE: &str =
    "INSERT INTO capsules (id, team_id, status, template, vcpus, memory_mb, timeout_sec, guest_ip,
     host_ip, runtime, host_id, metadata, created_at, started_at, last_active_at, last_updated)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
     ON CONFLICT (id) DO UPDATE SET status = excluded.status, guest_ip = excluded.guest_ip,
     host_ip = excluded.host_ip, host_id = excluded.host_id, started_at = excluded.started_at,
     last_active_at = excluded.last_active_at, last_updated = excluded.last_updated";

const ALL: &str = "SELECT * FROM capsules
     WHERE team_id = $1 AND (created_at < $2 OR (created_at = $2 AND id < $3))
     ORDER BY created_at DESC, id DESC LIMIT $4";

/// Names the statuses so that the index leads past the stopped ones.
const UNSTOPPED: &str = "SELECT * FROM capsules
     WHERE team_id = $1 AND status IN ('pending', 'starting', 'running', 'pausing', 'paused', 'resuming', 'hibernated',
     'stopping', 'missing', 'error') AND (created_at < $2 OR (created_at = $2 AND id < $3))
     ORDER BY created_at DESC, id DESC LIMIT $4";

fn runtime_name(runtime: RuntimeKind) -> &'static str {
    match runtime {
        RuntimeKind::Container => "container",
        RuntimeKind::Microvm => "microvm",
    }
}

fn read(row: &SqliteRow) -> Result<Capsule> {
    const ACTION: &str = "read a capsule";
    let text = |column: &'static str| row.try_get::<String, _>(column).map_err(Error::query(ACTION));
    let number = |column: &'static str| row.try_get::<i64, _>(column).map_err(Error::query(ACTION));
    let time = |column: &'static str| {
        let value = row.try_get::<Option<i64>, _>(column).map_err(Error::query(ACTION))?;
        Ok::<_, Error>(value.map(Timestamp::from_unix_ms))
    };
    let key = text("id")?;
    let corrupt =
        |column, value: String| Error::Corrupt { table: "capsule", key: key.clone(), column, value };
    let small = |column: &'static str| {
        let value = number(column)?;
        u32::try_from(value).map_err(|_| corrupt(column, value.to_string()))
    };
    let runtime = text("runtime")?;
    let metadata = text("metadata")?;
    let host_id = row.try_get::<Option<String>, _>("host_id").map_err(Error::query(ACTION))?;
    Ok(Capsule {
        id: parse("capsule", &key, "id", &key)?,
        status: parse("capsule", &key, "status", &text("status")?)?,
        template: text("template")?,
        vcpus: small("vcpus")?,
        memory_mb: small("memory_mb")?,
        timeout_sec: small("timeout_sec")?,
        guest_ip: text("guest_ip")?,
        host_ip: text("host_ip")?,
        runtime: match runtime.as_str() {
            "container" => RuntimeKind::Container,
            "microvm" => RuntimeKind::Microvm,
            _ => return Err(corrupt("runtime", runtime)),
        },
        host_id: host_id.map(|id| parse("capsule", &key, "host_id", &id)).transpose()?,
        metadata: serde_json::from_str(&metadata).map_err(|_| corrupt("metadata", metadata))?,
        created_at: Timestamp::from_unix_ms(number("created_at")?),
        started_at: time("started_at")?,
        last_active_at: time("last_active_at")?,
        last_updated: Timestamp::from_unix_ms(number("last_updated")?),
        // Only its host knows; what the database is asked for is on none.
        ready: false,
        start_error: None,
        // Only the host of a capsule knows who may come to its ports.
        private_ports: None,
        ports_token: None,
    })
}
