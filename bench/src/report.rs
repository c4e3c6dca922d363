//! The table for people and the file for machines.

use std::{fmt::Write as _, path::Path, time::Duration};

use anyhow::Context as _;
use serde::Serialize;

use crate::series::Series;

/// One measured figure.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// What was done.
    pub(crate) what: String,
    /// `ms`, `MB/s`, `1/s`, `MB` or `%`.
    pub(crate) unit: &'static str,
    /// The median, or the only value.
    pub(crate) value: f64,
    /// The value that 95 of 100 do not exceed, where there are several.
    pub(crate) p95: Option<f64>,
    /// How often it was measured.
    pub(crate) count: usize,
    /// The limit that SPECIFICATION.md promises, in the same unit.
    pub(crate) promised: Option<f64>,
}

impl Row {
    /// Times in milliseconds.
    pub(crate) fn times(what: impl Into<String>, series: &Series) -> Self {
        Self {
            what: what.into(),
            unit: "ms",
            value: millis(series.median()),
            p95: Some(millis(series.p95())),
            count: series.len(),
            promised: None,
        }
    }

    /// A single value.
    pub(crate) fn single(what: impl Into<String>, unit: &'static str, value: f64) -> Self {
        Self { what: what.into(), unit, value, p95: None, count: 1, promised: None }
    }

    /// Says what SPECIFICATION.md promises.
    pub(crate) fn promised(mut self, limit: f64) -> Self {
        self.promised = Some(limit);
        self
    }
}

/// All that one run measured.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// What isolated the capsules, and for virtual machines by what means: `TCG` is emulation in software, and slow.
    pub(crate) isolation: String,
    /// The rows in the order in which they were measured.
    pub(crate) rows: Vec<Row>,
}

impl Report {
    /// Adds a row and shows it at once, so that a long run shows that it lives.
    pub(crate) fn add(&mut self, row: Row) {
        eprintln!("  {}", line(&row));
        self.rows.push(row);
    }

    /// The table.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("Capsules: {}\n\n", self.isolation);
        let _ = writeln!(table, "{:<52} {:>12} {:>12} {:>12}", "", "median", "p95", "promised");
        for row in &self.rows {
            let _ = writeln!(table, "{}", line(row));
        }
        table
    }

    /// Writes the rows as JSON, whole or not at all.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let aside = path.with_extension("json.tmp");
        let text = serde_json::to_string_pretty(self)? + "\n";
        std::fs::write(&aside, text).with_context(|| format!("cannot write {}", aside.display()))?;
        std::fs::rename(&aside, path).with_context(|| format!("cannot write {}", path.display()))
    }
}

fn line(row: &Row) -> String {
    let show = |value: Option<f64>| {
        value.map_or_else(String::new, |value| format!("{} {}", digits(value), row.unit))
    };
    let what = if row.count > 1 { format!("{} (x{})", row.what, row.count) } else { row.what.clone() };
    format!("{what:<52} {:>12} {:>12} {:>12}", show(Some(row.value)), show(row.p95), show(row.promised))
}

/// Three significant digits, about.
fn digits(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

pub(crate) fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
