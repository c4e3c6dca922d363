//! When a call is tried again, and after how long.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

/// The first pause; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// No pause of our own is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A server that asks for more than this gets no second try: the caller learns of it instead.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(30);

/// How often calls are repeated.
#[derive(Debug, Clone, Copy)]
pub(super) struct RetryPolicy {
    pub(super) max_retries: u32,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { max_retries: 2 }
    }
}

impl RetryPolicy {
    /// The pause before try number `tries + 1`, or `None` when it is to be the caller's problem.
    pub(super) fn pause(self, tries: u32, retry_after: Option<Duration>) -> Option<Duration> {
        if tries > self.max_retries {
            return None;
        }
        match retry_after {
            Some(asked) => (asked <= LONGEST_RETRY_AFTER).then_some(asked),
            None => Some(spread(FIRST_PAUSE.saturating_mul(1 << (tries - 1).min(10)).min(LONGEST_PAUSE))),
        }
    }
}

/// Whether an answer says that another try may succeed.
pub(super) fn is_temporary(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// The `Retry-After` header in seconds; its form as a date is not used by Wrenn.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// Between half and all of a pause, so that clients that failed together do not come back together.
fn spread(pause: Duration) -> Duration {
    let random = RandomState::new().hash_one(0) as u32;
    pause / 2 + (pause / 2).mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let policy = RetryPolicy { max_retries: 8 };
        for tries in 1..=8 {
            let longest = Duration::from_millis(100 << (tries - 1)).min(LONGEST_PAUSE);
            let pause = policy.pause(tries, None).expect("a pause");
            assert!(pause >= longest / 2 && pause <= longest, "{tries}: {pause:?}");
        }
        assert_eq!(policy.pause(9, None), None);
    }

    #[test]
    fn the_server_decides_within_reason() {
        let policy = RetryPolicy::default();
        assert_eq!(policy.pause(1, Some(Duration::from_secs(3))), Some(Duration::from_secs(3)));
        assert_eq!(policy.pause(1, Some(Duration::from_secs(3600))), None);
    }
}
