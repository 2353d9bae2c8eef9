//! Which media type answers, and whether the body's can be read: GraphQL over HTTP, "Media Types".
//! <https://graphql.github.io/graphql-over-http/draft/#sec-Media-Types>

use axum::http::{HeaderMap, HeaderValue, header};

/// The media type of an answer; it decides the status code, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/graphql-response+json`: the status code tells how it went.
    GraphqlResponse,
    /// `application/json`: every well-formed request is answered with 200.
    Json,
}

impl Media {
    /// The value of `Content-Type`.
    pub fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Media::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Media::Json => "application/json; charset=utf-8",
        })
    }

    /// The type that these headers accept most; of two accepted alike, the one that is named, then
    /// `application/graphql-response+json`. JSON when they don't say; `None` when they accept neither.
    pub fn accepted(headers: &HeaderMap) -> Option<Media> {
        let mut ranges = headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter(|range| !range.trim().is_empty())
            .peekable();
        if ranges.peek().is_none() {
            return Some(Media::Json);
        }
        let (mut response, mut json) = (Wish::default(), Wish::default());
        for range in ranges {
            response.hear(range, "graphql-response+json");
            json.hear(range, "json");
        }
        match (response.weight(), json.weight()) {
            ((0, _), (0, _)) => None,
            (one, other) if one.1 == 0 && one.0 == other.0 => Some(Media::Json),
            (one, other) if one >= other => Some(Media::GraphqlResponse),
            _ => Some(Media::Json),
        }
    }
}

/// Whether this is the `Content-Type` of a request body: JSON in UTF-8.
pub fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    is_json && parts.all(is_utf8_or_no_charset)
}

/// How much a type is wanted: by the most specific range that matches it.
#[derive(Default)]
struct Wish {
    specific: u8,
    thousandths: u16,
}

impl Wish {
    fn hear(&mut self, range: &str, subtype: &str) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specific = match name.strip_prefix("application/") {
            Some(named) if named == subtype => 3,
            Some("*") => 2,
            _ if name == "*/*" => 1,
            _ => return,
        };
        let mut thousandths = 1000;
        for part in parts {
            if !is_utf8_or_no_charset(part) {
                return;
            }
            if let Some(weight) = part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")) {
                let weight: f32 = weight.trim().parse().unwrap_or(1.0);
                thousandths = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
            }
        }
        if specific >= self.specific {
            *self = Wish { specific, thousandths };
        }
    }

    /// Its weight, then whether it was named.
    fn weight(&self) -> (u16, u8) {
        (self.thousandths, u8::from(self.specific == 3))
    }
}

fn is_utf8_or_no_charset(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else {
        return true;
    };
    let value = value.trim().trim_matches('"');
    !name.trim().eq_ignore_ascii_case("charset")
        || value.eq_ignore_ascii_case("utf-8")
        || value.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &'static str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(value));
        Media::accepted(&headers)
    }

    #[test]
    fn the_answer_has_the_type_that_is_wanted_most() {
        let cases = [
            ("", Some(Media::Json)),
            ("*/*", Some(Media::Json)),
            ("application/*", Some(Media::Json)),
            ("application/json", Some(Media::Json)),
            ("application/graphql-response+json", Some(Media::GraphqlResponse)),
            (
                "application/json, application/graphql-response+json",
                Some(Media::GraphqlResponse),
            ),
            (
                "application/graphql-response+json;q=0.5, application/json",
                Some(Media::Json),
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(Media::GraphqlResponse),
            ),
            (
                "application/graphql-response+json; charset=utf-8, */*;q=0.1",
                Some(Media::GraphqlResponse),
            ),
            ("application/graphql-response+json, */*", Some(Media::GraphqlResponse)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Media::Json)),
            ("application/json;q=0, */*", Some(Media::GraphqlResponse)),
            ("APPLICATION/JSON; Charset=\"UTF-8\"", Some(Media::Json)),
            ("application/json; charset=latin1", None),
            ("text/html", None),
            ("*/*;q=0", None),
        ];
        for (header, media) in cases {
            assert_eq!(accepted(header), media, "Accept: {header}");
        }
        assert_eq!(Media::accepted(&HeaderMap::new()), Some(Media::Json));
    }

    #[test]
    fn a_body_is_json_in_utf_8() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=UTF-8"));
        assert!(!is_json("application/json; charset=utf-16"));
        assert!(!is_json("application/jsonp"));
        assert!(!is_json("text/plain"));
    }
}
