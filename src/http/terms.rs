//! On which terms a client takes its answer: media type, codings, what it has already, whether it insists on a new one.

use axum::http::{HeaderMap, HeaderName, header};

use super::answers::Known;
use super::coding::Codings;
use super::negotiation::Media;

/// What a request's headers say of the answer.
pub struct Terms {
    /// The media type.
    pub media: Media,
    /// The codings that the client can read.
    pub codings: Codings,
    /// The bodies that it has.
    pub known: Known,
    /// Whether it wants nothing that was kept.
    pub bypass: bool,
    /// Whether it wants to be told how the answer came about; it is told where it may.
    pub explain: bool,
}

/// `1`: the answer shall tell how the cache stood to it. Ignored where the viewer lacks cache:inspect.
pub const X_CACHE_EXPLAIN: HeaderName = HeaderName::from_static("x-cache-explain");

impl Terms {
    /// The terms of this request, for an answer of this media type.
    pub fn of(headers: &HeaderMap, media: Media) -> Terms {
        Terms {
            media,
            codings: Codings::accepted(headers),
            known: Known::of(headers),
            bypass: bypasses(headers),
            explain: headers.get(X_CACHE_EXPLAIN).is_some_and(|value| value == "1"),
        }
    }
}

/// Whether `Cache-Control`, or where that is missing `Pragma`, says that what was kept won't do.
fn bypasses(headers: &HeaderMap) -> bool {
    let says = |name: header::HeaderName| {
        let lines = headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        let mut words = lines.flat_map(|line| line.split(',')).map(str::trim);
        words.any(|word| ["no-cache", "no-store"].iter().any(|no| word.eq_ignore_ascii_case(no)))
    };
    if headers.contains_key(header::CACHE_CONTROL) {
        says(header::CACHE_CONTROL)
    } else {
        says(header::PRAGMA)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn bypass(name: &'static str, value: &'static str) -> bool {
        let header = (HeaderName::from_static(name), HeaderValue::from_static(value));
        bypasses(&HeaderMap::from_iter([header]))
    }

    #[test]
    fn a_client_that_wants_nothing_kept_says_so() {
        assert!(bypass("cache-control", "max-age=0, No-Cache"));
        assert!(bypass("cache-control", "no-store"));
        assert!(bypass("pragma", "no-cache"));
        assert!(!bypass("cache-control", "max-age=0"));
        assert!(!bypasses(&HeaderMap::new()));
    }
}
