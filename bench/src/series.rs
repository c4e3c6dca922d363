//! A series of measured times and what is said of it.

use std::time::Duration;

/// Times of the same thing done again and again.
#[derive(Debug, Default, Clone)]
pub(crate) struct Series(Vec<Duration>);

impl Series {
    pub(crate) fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn median(&self) -> Duration {
        self.quantile(50)
    }

    pub(crate) fn p95(&self) -> Duration {
        self.quantile(95)
    }

    /// The value that `percent` of all values do not exceed (nearest rank).
    fn quantile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }
}

impl FromIterator<Duration> for Series {
    fn from_iter<I: IntoIterator<Item = Duration>>(times: I) -> Self {
        Self(times.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(values: impl IntoIterator<Item = u64>) -> Series {
        values.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn quantiles_are_nearest_ranks() {
        let series = millis(1..=100);
        assert_eq!(series.median(), Duration::from_millis(50));
        assert_eq!(series.p95(), Duration::from_millis(95));
        assert_eq!(millis([7]).p95(), Duration::from_millis(7));
        assert_eq!(millis([3, 1, 2]).median(), Duration::from_millis(2));
    }
}
