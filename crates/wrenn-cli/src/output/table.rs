//! Columns of text.

use std::fmt::Write as _;

use crate::error::Result;

/// Rows under headings, aligned to the left but for numbers. Printed without headings when there are no rows.
pub(crate) struct Table {
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings; one that begins with `>` aligns its column to the right.
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self { headings: headings.to_vec(), rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Prints it, or tells the person that there is nothing.
    pub(crate) fn print(&self, nothing: &str) -> Result<()> {
        if self.rows.is_empty() {
            super::note(nothing);
            return Ok(());
        }
        super::raw(self.text().as_bytes())
    }

    fn text(&self) -> String {
        let name = |heading: &'static str| heading.trim_start_matches('>');
        let headings: Vec<String> = self.headings.iter().map(|heading| name(heading).to_owned()).collect();
        let lines: Vec<&Vec<String>> = std::iter::once(&headings).chain(&self.rows).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        let mut text = String::new();
        for line in lines {
            let mut row = String::new();
            for ((cell, width), heading) in line.iter().zip(&widths).zip(&self.headings) {
                let cell: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
                let _ = if heading.starts_with('>') {
                    write!(row, "{cell:>width$}  ")
                } else {
                    write!(row, "{cell:<width$}  ")
                };
            }
            text.push_str(row.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_control_characters_harmless() {
        let mut table = Table::new(&["NAME", ">SIZE", "NOTE"]);
        table.row(["a".into(), "1".into(), "x\u{1b}[31m".into()]);
        table.row(["longer".into(), "12345".into(), String::new()]);
        insta::assert_snapshot!(table.text(), @r"
        NAME     SIZE  NOTE
        a           1  x [31m
        longer  12345
        ");
    }
}
