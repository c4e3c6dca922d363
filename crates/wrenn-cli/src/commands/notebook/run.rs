//! Runs the cells of a document and notes what comes of them.

use std::{collections::BTreeMap, time::Duration};

use wrenn::{CellError, CellEvent, CellOutput, Notebook};

use super::document::{Document, Place};
use crate::{
    output::progress,
    terminal::{Interrupt, Interrupts},
};

/// How a run came to its end.
pub(super) enum Outcome {
    /// Every cell was run.
    Done,
    /// A cell failed, the so-and-so many-th code cell.
    Failed(usize, CellError),
    /// This program was asked to end.
    Interrupted(Interrupt),
    /// The capsule, or the way to it, failed.
    Lost(wrenn::Error),
}

/// A run of a document.
pub(super) struct Run<'a> {
    pub(super) notebook: Notebook,
    pub(super) document: &'a mut Document,
    pub(super) allow_errors: bool,
    /// For each cell; zero: any.
    pub(super) timeout: Duration,
    /// What can be replaced, by its name.
    pub(super) places: BTreeMap<String, Vec<Place>>,
}

impl Run<'_> {
    /// Runs all code cells in their order.
    pub(super) async fn all(&mut self, interrupts: &mut Interrupts) -> Outcome {
        let cells = self.document.code_cells();
        let total = cells.len();
        let display = progress::spinner(false);
        for (number, (cell, code)) in (1..).zip(cells) {
            display.set_message(format!("cell {number} of {total}"));
            if code.trim().is_empty() {
                continue;
            }
            match self.one(cell, code, interrupts).await {
                Err(outcome) => return outcome,
                Ok(Some(error)) if !self.allow_errors && !self.document.may_fail(cell) => {
                    return Outcome::Failed(number, error);
                }
                Ok(_) => {}
            }
        }
        Outcome::Done
    }

    async fn one(
        &mut self,
        cell: usize,
        code: String,
        interrupts: &mut Interrupts,
    ) -> Result<Option<CellError>, Outcome> {
        let stream = self.notebook.exec_cell(code).timeout(self.timeout).stream().await;
        let mut events = stream.map_err(Outcome::Lost)?;
        let (mut count, mut error, mut clear) = (None, None, false);
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                interrupt = interrupts.next() => {
                    // The cell's end is not waited for, but what it has shown so far is kept.
                    events.interrupt().await.ok();
                    return Err(Outcome::Interrupted(interrupt));
                }
            };
            let event = event.transpose().map_err(Outcome::Lost)?;
            let shows =
                matches!(event, Some(CellEvent::Stdout(_) | CellEvent::Stderr(_) | CellEvent::Output(_)));
            if shows && std::mem::take(&mut clear) {
                self.clear(cell);
            }
            match event {
                Some(CellEvent::Started { execution_count }) => {
                    count = execution_count;
                    self.document.set_count(cell, count);
                }
                Some(CellEvent::Stdout(text)) => self.document.print(cell, "stdout", &text),
                Some(CellEvent::Stderr(text)) => self.document.print(cell, "stderr", &text),
                Some(CellEvent::Output(output)) => self.show(cell, &output, count),
                Some(CellEvent::Update(output)) => self.update(&output),
                Some(CellEvent::Clear { wait: true }) => clear = true,
                Some(CellEvent::Clear { wait: false }) => self.clear(cell),
                Some(CellEvent::Exception(exception)) => {
                    self.document.fail(cell, &exception);
                    error = Some(exception);
                }
                Some(CellEvent::Ended(_)) | None => return Ok(error),
                Some(_) => {}
            }
        }
    }

    fn show(&mut self, cell: usize, output: &CellOutput, count: Option<u64>) {
        let place = self.document.show(cell, output, count);
        if let Some(id) = &output.display_id {
            self.places.entry(id.clone()).or_default().push(place);
        }
    }

    fn update(&mut self, output: &CellOutput) {
        let places = output.display_id.as_ref().and_then(|id| self.places.get(id));
        for place in places.into_iter().flatten() {
            self.document.replace(*place, output);
        }
    }

    fn clear(&mut self, cell: usize) {
        self.document.clear(cell);
        for places in self.places.values_mut() {
            places.retain(|(of, _)| *of != cell);
        }
    }
}
