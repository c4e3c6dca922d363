//! What a team reserved, by day.

use time::{Date, Month, OffsetDateTime, macros::format_description};
use wrenn_api::{TeamId, Timestamp, UsagePoint, UsageResponse};

use crate::{Control, ControlError, Result};

const MS_PER_MINUTE: f64 = 60_000.0;
/// The days of the default range, today included.
const DEFAULT_DAYS: i64 = 30;
/// The longest range, in days.
const MAX_DAYS: i64 = 366;

impl Control {
    /// What a team reserved by day; `from` and `to` as in `2026-01-31`, by default the last 30 days.
    pub async fn capsule_usage(
        &self,
        team: &TeamId,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<UsageResponse> {
        let to = to.map(|text| parse("to", text)).transpose()?;
        let from = from.map(|text| parse("from", text)).transpose()?;
        let to = to.unwrap_or_else(|| OffsetDateTime::now_utc().date());
        let from = from.unwrap_or_else(|| to.saturating_sub(time::Duration::days(DEFAULT_DAYS - 1)));
        let days = (to - from).whole_days();
        if !(0..=MAX_DAYS).contains(&days) {
            let message = format!("Choose `from` no later than `to` and at most {MAX_DAYS} days before it.");
            return Err(ControlError::invalid(message));
        }
        // What is not written yet belongs to it too.
        super::ticker::flush(&self.inner).await;
        let (from, to) = (text(from), text(to));
        let rows = self.inner.store.usage(team, &from, &to).await?;
        let points = rows
            .into_iter()
            .map(|row| UsagePoint {
                date: row.day,
                cpu_minutes: minutes(row.cpu_ms),
                ram_mb_minutes: minutes(row.ram_mb_ms),
            })
            .collect();
        Ok(UsageResponse { from, to, points })
    }
}

/// The day of a time, in UTC.
pub(super) fn day(at: Timestamp) -> String {
    text(OffsetDateTime::from(at).date())
}

fn text(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

fn parse(parameter: &str, text: &str) -> Result<Date> {
    let format = format_description!("[year]-[month]-[day]");
    let date = Date::parse(text, format).ok().filter(|date| *date >= EARLIEST);
    date.ok_or_else(|| ControlError::invalid(format!("Write `{parameter}` as a date, as in 2026-01-31.")))
}

const EARLIEST: Date = match Date::from_calendar_date(1970, Month::January, 1) {
    Ok(date) => date,
    Err(_) => Date::MIN,
};

#[expect(clippy::cast_precision_loss, reason = "minutes need no more than 53 bits")]
fn minutes(ms: u64) -> f64 {
    ms as f64 / MS_PER_MINUTE
}
