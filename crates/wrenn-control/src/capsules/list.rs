//! Lists of capsules.

use std::collections::HashMap;

use wrenn_api::{Capsule, CapsuleId, CapsuleStatus, ListCapsulesQuery, TeamId, Timestamp};
use wrenn_store::CapsuleFilter;

use crate::{Control, ControlError, Result, convert};

/// The most capsules of one answer.
const MAX_LIMIT: u32 = 1_000;

/// A part of a list of capsules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsulePage {
    /// The capsules, newest first.
    pub capsules: Vec<Capsule>,
    /// What to ask for next; absent at the end.
    pub next_cursor: Option<String>,
}

impl Control {
    /// Lists a team's capsules, newest first. Stopped ones only when asked for.
    pub async fn list_capsules(&self, team: &TeamId, query: &ListCapsulesQuery) -> Result<CapsulePage> {
        let limit = match query.limit {
            Some(limit) if !(1..=MAX_LIMIT).contains(&limit) => {
                return Err(ControlError::invalid(format!("Set `limit` to a number from 1 to {MAX_LIMIT}.")));
            }
            limit => limit.unwrap_or(MAX_LIMIT) as usize,
        };
        let before = query.cursor.as_deref().map(parse_cursor).transpose()?;
        let wanted = |capsule: &Capsule| {
            let status = match query.status.as_slice() {
                [] => capsule.status != CapsuleStatus::Stopped,
                statuses => statuses.contains(&capsule.status),
            };
            status && query.metadata.iter().all(|(key, value)| capsule.metadata.get(key) == Some(value))
        };
        let live: HashMap<CapsuleId, Capsule> = self
            .inner
            .host
            .list()
            .iter()
            .filter(|view| view.record.team_id == *team)
            .map(|view| (view.record.id.clone(), convert::capsule(view)))
            .collect();
        let filter = CapsuleFilter {
            before: before.clone(),
            limit: limit + 1,
            stopped: query.status.contains(&CapsuleStatus::Stopped),
        };
        // The host knows better about those that it has.
        let mut found = self
            .inner
            .store
            .list_capsules(team, &filter, |capsule| !live.contains_key(&capsule.id) && wanted(capsule))
            .await?;
        let earlier = |capsule: &Capsule| before.as_ref().is_none_or(|before| position(capsule) < *before);
        found.extend(live.into_values().filter(|capsule| wanted(capsule) && earlier(capsule)));
        found.sort_by_key(|capsule| std::cmp::Reverse(position(capsule)));
        let more = found.len() > limit;
        found.truncate(limit);
        let next_cursor = found.last().filter(|_| more).map(cursor);
        Ok(CapsulePage { capsules: found, next_cursor })
    }
}

/// Where a capsule stands in a list.
fn position(capsule: &Capsule) -> (Timestamp, CapsuleId) {
    (capsule.created_at, capsule.id.clone())
}

fn cursor(last: &Capsule) -> String {
    format!("{}_{}", last.created_at.unix_ms(), last.id)
}

fn parse_cursor(cursor: &str) -> Result<(Timestamp, CapsuleId)> {
    let parsed = cursor.split_once('_').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    parsed.map(|(at, id)| (Timestamp::from_unix_ms(at), id)).ok_or_else(|| {
        ControlError::invalid("The cursor is not one of ours. Pass the value that came with the page before.")
    })
}
