//! A part of a blob, as HTTP asks for it.

/// Which bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// From this one on.
    From(u64),
    /// From this one to that one, both included.
    Between(u64, u64),
    /// So many at the end.
    Last(u64),
}

impl Range {
    /// The first and last byte of it in so many; `None` where it lies behind the end.
    pub fn within(self, bytes: u64) -> Option<(u64, u64)> {
        let end = bytes.checked_sub(1)?;
        match self {
            Range::From(first) => (first <= end).then_some((first, end)),
            Range::Between(first, last) => (first <= end && first <= last).then(|| (first, last.min(end))),
            Range::Last(0) => None,
            Range::Last(count) => Some((bytes.saturating_sub(count), end)),
        }
    }

    /// Reads the header `Range`; `None` for what is to be ignored: several ranges, other units, nonsense.
    pub fn parse(header: &str) -> Option<Range> {
        let (first, last) = header.trim().strip_prefix("bytes=")?.split_once('-')?;
        let number = |text: &str| -> Option<u64> {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().unwrap_or(u64::MAX))
        };
        match (first.trim(), last.trim()) {
            ("", last) => number(last).map(Range::Last),
            (first, "") => number(first).map(Range::From),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                (first <= last).then_some(Range::Between(first, last))
            }
        }
    }

    /// The header that asks for it.
    pub fn header(self) -> String {
        match self {
            Range::From(first) => format!("bytes={first}-"),
            Range::Between(first, last) => format!("bytes={first}-{last}"),
            Range::Last(count) => format!("bytes=-{count}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read() {
        for (header, range) in [
            ("bytes=0-", Some(Range::From(0))),
            ("bytes=5-9", Some(Range::Between(5, 9))),
            ("bytes=-4", Some(Range::Last(4))),
            ("bytes=9-5", None),
            ("bytes=0-1,4-5", None),
            ("bytes=-", None),
            ("bytes=+1-2", None),
            ("items=0-1", None),
        ] {
            assert_eq!(Range::parse(header), range, "{header}");
            assert!(range.is_none_or(|range| range.header() == header));
        }
    }

    #[test]
    fn ranges_end_with_the_bytes() {
        assert_eq!(Range::From(3).within(10), Some((3, 9)));
        assert_eq!(Range::Between(3, 99).within(10), Some((3, 9)));
        assert_eq!(Range::Last(99).within(10), Some((0, 9)));
        for range in [Range::From(10), Range::Between(10, 12), Range::Last(0)] {
            assert_eq!(range.within(10), None);
        }
        assert_eq!(Range::From(0).within(0), None);
    }
}
