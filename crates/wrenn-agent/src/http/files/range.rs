//! `Range: bytes=…`: a part of a file.

use http::{
    HeaderMap,
    header::{IF_RANGE, RANGE},
};

/// The bytes from `start` on, `length` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) start: u64,
    pub(super) length: u64,
}

/// There is no such part of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsatisfiable;

/// The part that a request asks for, of a file with `size` bytes; `None` for all of it.
///
/// What is no range at all, several at once, and one that holds only for a version which we cannot
/// recognize are as good as not there, as HTTP has it.
pub(super) fn requested(headers: &HeaderMap, size: u64) -> Result<Option<Part>, Unsatisfiable> {
    if headers.contains_key(IF_RANGE) {
        return Ok(None);
    }
    let text = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let Some(bounds) = text.and_then(parse) else { return Ok(None) };
    let (start, end) = match bounds {
        Bounds::From(start, last) => (start, last.map_or(size, |last| size.min(last.saturating_add(1)))),
        Bounds::Last(count) => (size.saturating_sub(count), size),
    };
    if start >= end { Err(Unsatisfiable) } else { Ok(Some(Part { start, length: end - start })) }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bounds {
    From(u64, Option<u64>),
    Last(u64),
}

fn parse(text: &str) -> Option<Bounds> {
    let (unit, range) = text.split_once('=')?;
    let (first, last) = range.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    match (number(first), number(last)) {
        (Some(start), Some(last)) => (start <= last).then_some(Bounds::From(start, Some(last))),
        (Some(start), None) if last.trim().is_empty() => Some(Bounds::From(start, None)),
        (None, Some(count)) if first.is_empty() => Some(Bounds::Last(count)),
        _ => None,
    }
}

/// Digits only: no sign, as `parse` alone would take it.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str, size: u64) -> Result<Option<(u64, u64)>, Unsatisfiable> {
        let headers = HeaderMap::from_iter([(RANGE, text.parse().unwrap())]);
        requested(&headers, size).map(|part| part.map(|part| (part.start, part.length)))
    }

    #[test]
    fn parts() {
        assert_eq!(part("bytes=0-0", 10), Ok(Some((0, 1))));
        assert_eq!(part("bytes=2-5", 10), Ok(Some((2, 4))));
        assert_eq!(part("bytes=2-", 10), Ok(Some((2, 8))));
        assert_eq!(part("bytes=2-99", 10), Ok(Some((2, 8))));
        assert_eq!(part("bytes=-3", 10), Ok(Some((7, 3))));
        assert_eq!(part("bytes=-99", 10), Ok(Some((0, 10))));
        assert_eq!(part("bytes=0-18446744073709551615", 10), Ok(Some((0, 10))));
    }

    #[test]
    fn what_lies_behind_the_end_is_refused() {
        assert_eq!(part("bytes=10-", 10), Err(Unsatisfiable));
        assert_eq!(part("bytes=-0", 10), Err(Unsatisfiable));
        assert_eq!(part("bytes=0-", 0), Err(Unsatisfiable));
    }

    #[test]
    fn what_is_no_range_is_passed_over() {
        for text in
            ["bytes=5-2", "bytes=a-b", "bytes=", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=+1-2", "x"]
        {
            assert_eq!(part(text, 10), Ok(None), "{text}");
        }
        let mut headers = HeaderMap::from_iter([(RANGE, "bytes=0-1".parse().unwrap())]);
        headers.insert(IF_RANGE, "\"tag\"".parse().unwrap());
        assert_eq!(requested(&headers, 10), Ok(None));
    }
}
