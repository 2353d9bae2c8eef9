//! What a body is known by, and what of it a client says it has already: RFC 9110, 8.8.3 and 13.1.2.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use xxhash_rust::xxh3::xxh3_128;

/// The hash of a body. Weak, because one body has several codings and media types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Etag([u8; 16]);

impl Etag {
    /// The tag of this body. Worked out of every answer that isn't kept, so it is a fast hash and none that withstands who looks for
    /// two bodies with one tag: whoever finds a pair has to be the author of both.
    pub fn of(body: &[u8]) -> Etag {
        Etag(xxh3_128(body).to_be_bytes())
    }

    /// The tag of several bodies in this order.
    pub fn of_all(etags: impl IntoIterator<Item = Etag>) -> Etag {
        let all: Vec<u8> = etags.into_iter().flat_map(|etag| etag.0).collect();
        Etag::of(&all)
    }

    /// The tag with these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Etag {
        Etag(bytes)
    }

    /// Its bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }

    /// The value of `ETag`.
    pub fn header(self) -> HeaderValue {
        let text = format!("W/\"{}\"", self.text());
        HeaderValue::from_str(&text).expect("base64 is a header value")
    }

    fn text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// What a client has already.
#[derive(Clone, Debug, Default)]
pub struct Known {
    any: bool,
    texts: Vec<String>,
}

/// More tags than any client keeps of one answer.
const MOST: usize = 50;

impl Known {
    /// Reads `If-None-Match`.
    pub fn of(headers: &HeaderMap) -> Known {
        let mut known = Known::default();
        let lines = headers.get_all(header::IF_NONE_MATCH).iter();
        let tags = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','));
        for tag in tags.map(str::trim).take(MOST) {
            let opaque = tag.strip_prefix("W/").unwrap_or(tag);
            let opaque = opaque.strip_prefix('"').and_then(|opaque| opaque.strip_suffix('"'));
            match opaque {
                Some(text) => known.texts.push(text.to_owned()),
                None => known.any |= tag == "*",
            }
        }
        known
    }

    /// Whether the client has this body.
    pub fn holds(&self, etag: Etag) -> bool {
        self.any || (!self.texts.is_empty() && self.texts.contains(&etag.text()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(value: &str) -> Known {
        Known::of(&HeaderMap::from_iter([(
            header::IF_NONE_MATCH,
            HeaderValue::from_str(value).unwrap(),
        )]))
    }

    #[test]
    fn a_body_is_known_by_its_tag_weak_or_strong_alone_or_among_others() {
        let etag = Etag::of(b"{}");
        let weak = etag.header().to_str().unwrap().to_owned();
        let strong = weak.trim_start_matches("W/").to_owned();
        for value in [weak.clone(), strong, format!("\"x\", {weak}"), "*".into()] {
            assert!(known(&value).holds(etag), "{value}");
        }
        for value in ["\"x\"", "W/\"\"", "", &weak.replace('"', "")] {
            assert!(!known(value).holds(etag), "{value}");
        }
        assert!(!known(&weak).holds(Etag::of(b"[]")));
    }
}
