//! Commands and terminals in running capsules.

mod background;
mod check;
mod exit;
mod foreground;
mod processes;
mod stream;
mod terminal;

pub use exit::exit_code;
