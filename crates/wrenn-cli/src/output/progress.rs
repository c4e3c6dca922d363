//! Progress of what takes time, for a person who watches.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Quick things should not flicker.
const REDRAWS_PER_SECOND: u8 = 10;

/// The progress of a transfer of so many bytes, if that is known. Invisible unless a person watches.
pub(crate) fn transfer(label: &str, length: Option<u64>, quiet: bool) -> ProgressBar {
    let bar = if quiet || !super::watched() {
        ProgressBar::hidden()
    } else {
        ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND))
    };
    let template = match length {
        Some(_) => "{msg:30!} {bar:30} {bytes:>10} {bytes_per_sec:>12} {eta:>4}",
        None => "{msg:30!} {bytes:>10} {bytes_per_sec:>12}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("━━ "));
    }
    bar.with_message(label.to_owned())
}

/// Something that goes on, with a text for what it is at.
pub(crate) fn spinner(quiet: bool) -> ProgressBar {
    if quiet || !super::watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(REDRAWS_PER_SECOND));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
