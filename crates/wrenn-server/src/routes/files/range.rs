//! Parts of files, as the `Range` header names them.

use http::{HeaderMap, header};

use crate::error::{ApiError, Result};

/// The part of a file that a client wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// From a byte on.
    From(u64),
    /// From a byte to another, both included.
    Between(u64, u64),
    /// So many bytes at the end.
    Last(u64),
}

/// Reads the header, if there is one.
pub(crate) fn wanted(headers: &HeaderMap) -> Result<Option<Wanted>> {
    let Some(value) = headers.get(header::RANGE) else { return Ok(None) };
    value.to_str().ok().and_then(parse).map(Some).ok_or_else(|| {
        ApiError::invalid(
            "Correct the Range header; it takes one part, as in bytes=0-99, bytes=100- or bytes=-50.",
        )
    })
}

impl Wanted {
    /// The first and last byte in a file of that size; nothing when it lies outside.
    pub(crate) fn within(self, size: u64) -> Option<(u64, u64)> {
        let end = size.checked_sub(1)?;
        let (first, last) = match self {
            Self::From(first) => (first, end),
            Self::Between(first, last) => (first, last.min(end)),
            Self::Last(0) => return None,
            Self::Last(count) => (size.saturating_sub(count), end),
        };
        (first <= end).then_some((first, last))
    }
}

fn parse(value: &str) -> Option<Wanted> {
    let (first, last) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    Some(match (first, last) {
        ("", count) => Wanted::Last(number(count)?),
        (first, "") => Wanted::From(number(first)?),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Wanted::Between(first, last))?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_is_read_and_anything_else_is_not() {
        assert_eq!(parse("bytes=0-99"), Some(Wanted::Between(0, 99)));
        assert_eq!(parse("bytes=5-"), Some(Wanted::From(5)));
        assert_eq!(parse("bytes=-7"), Some(Wanted::Last(7)));
        for bad in ["", "bytes", "bytes=", "bytes=-", "bytes=9-1", "bytes=+1-2", "bytes=0-1,3-4", "lines=0-1"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_part_is_placed_within_the_file() {
        assert_eq!(Wanted::Between(2, 99).within(10), Some((2, 9)));
        assert_eq!(Wanted::From(9).within(10), Some((9, 9)));
        assert_eq!(Wanted::From(10).within(10), None);
        assert_eq!(Wanted::Last(99).within(10), Some((0, 9)));
        assert_eq!(Wanted::Last(3).within(10), Some((7, 9)));
        assert_eq!(Wanted::Last(0).within(10), None);
        assert_eq!(Wanted::From(0).within(0), None);
    }
}
