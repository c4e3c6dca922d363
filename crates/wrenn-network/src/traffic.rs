//! What went through the links of capsules.

use std::{
    collections::HashMap,
    fs,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::range::PREFIX;

/// Bytes that a capsule received and sent since its slot was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Received by the capsule.
    pub received: u64,
    /// Sent by the capsule.
    pub sent: u64,
}

impl std::ops::Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { received: self.received + other.received, sent: self.sent + other.sent }
    }
}

/// The kernel's counters of all links, which are all in one file: who asks for one soon after another gets it for free.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    read: Mutex<Option<(Instant, HashMap<String, Traffic>)>>,
}

/// How old counters may be.
const FRESH: Duration = Duration::from_millis(200);
const FILE: &str = "/proc/thread-self/net/dev";

impl Counters {
    /// The traffic of the capsule whose link has this name at the machine's end.
    pub(crate) fn of(&self, link: &str) -> Traffic {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = read.as_ref().is_some_and(|(at, all)| at.elapsed() < FRESH && all.contains_key(link));
        if !fresh {
            *read = Some((Instant::now(), parse(&fs::read_to_string(FILE).unwrap_or_default())));
        }
        read.as_ref().and_then(|(_, all)| all.get(link).copied()).unwrap_or_default()
    }
}

/// What comes in at our end is what the capsule sent.
fn parse(text: &str) -> HashMap<String, Traffic> {
    text.lines()
        .filter_map(|line| {
            let (name, counters) = line.split_once(':')?;
            let name = name.trim();
            let mut counters = counters.split_whitespace();
            let sent = counters.next()?.parse().ok()?;
            let received = counters.nth(7)?.parse().ok()?;
            name.starts_with(PREFIX).then(|| (name.to_owned(), Traffic { received, sent }))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_table_is_read_from_the_capsules_side() {
        let text = "Inter-|   Receive                                                |  Transmit\n \
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n    \
             lo: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\nwrn0ad50001: 100 2 0 0 0 0 0 0 2000 3 0 0 0 0 0 0\n";
        let all = parse(text);
        assert_eq!(all.len(), 1);
        assert_eq!(all["wrn0ad50001"], Traffic { received: 2000, sent: 100 });
    }

    #[test]
    fn a_link_that_is_not_there_has_no_traffic() {
        assert_eq!(Counters::default().of("wrnnothing"), Traffic::default());
    }
}
