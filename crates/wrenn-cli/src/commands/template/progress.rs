//! The progress of a build, for people who watch and for logs.

use std::{sync::Mutex, time::Duration};

use indicatif::ProgressBar;
use wrenn_runtime::template::BuildEvent;

use crate::output;

/// Shows what a build does: one line that changes for a person who watches, a line per step otherwise.
pub(crate) struct Display {
    spinner: ProgressBar,
    verbose: bool,
    silent: bool,
    /// What the spinner says before the newest line of the log.
    step: Mutex<String>,
}

impl Display {
    /// A display; `silent` when a program reads the outcome and nobody watches.
    pub(crate) fn new(verbose: bool, silent: bool) -> Self {
        Self {
            spinner: output::progress::spinner(verbose),
            verbose,
            silent: silent && !output::watched(),
            step: Mutex::default(),
        }
    }

    /// Shows an event.
    pub(crate) fn show(&self, event: BuildEvent) {
        match event {
            BuildEvent::Waiting { template } => self.step(format!("waiting for another build of {template}")),
            BuildEvent::Started { template } => self.step(format!("building {template}")),
            BuildEvent::Step { number, total, text } => match total {
                Some(total) => self.step(format!("[{number}/{total}] {text}")),
                None => self.step(format!("[{number}] {text}")),
            },
            BuildEvent::Log(line) if self.verbose => self.line(&line),
            BuildEvent::Log(line) => {
                let step = self.step.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                let short: String = line.chars().filter(|c| !c.is_control()).take(60).collect();
                self.spinner.set_message(format!("{step}  {short}"));
            }
            BuildEvent::Note(text) => self.line(&format!("note: {text}")),
            BuildEvent::Finished { template, size_bytes, elapsed: Duration::ZERO } => {
                self.line(&format!("{template} is there already ({})", output::bytes(size_bytes)));
            }
            BuildEvent::Finished { template, size_bytes, elapsed } => {
                let seconds = elapsed.as_secs_f64();
                self.line(&format!("built {template} in {seconds:.1} s ({})", output::bytes(size_bytes)));
            }
        }
    }

    /// Takes the changing line away.
    pub(crate) fn finish(&self) {
        self.spinner.finish_and_clear();
    }

    fn step(&self, text: String) {
        self.line(&text);
        self.spinner.set_message(text.clone());
        *self.step.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = text;
    }

    fn line(&self, text: &str) {
        if self.silent {
        } else if self.spinner.is_hidden() {
            output::note(text);
        } else {
            self.spinner.println(text);
        }
    }
}
