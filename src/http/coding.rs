//! Which coding of a body a client is sent: RFC 9110, 12.5.3.

use axum::http::{HeaderMap, header};
use bytes::Bytes;

use crate::cache::{Bodies, Coding};

/// What a client can read: thousandths by the places of `Coding::ALL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Codings([u16; 4]);

impl Codings {
    /// Reads `Accept-Encoding`. A body as it is comes last, unless it is named; it is sent also to whoever refuses
    /// everything.
    pub fn accepted(headers: &HeaderMap) -> Codings {
        let (mut named, mut others) = ([None; 4], 0);
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
        let words = lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','));
        for word in words {
            let (name, weight) = read(word);
            if name == "*" {
                others = weight;
            }
            let place = Coding::ALL
                .iter()
                .position(|coding| name.eq_ignore_ascii_case(coding.name()));
            if let Some(place) = place {
                named[place] = Some(weight);
            }
        }
        let mut weights = named.map(|weight| weight.unwrap_or(others));
        weights[0] = named[0].unwrap_or(1);
        Codings(weights)
    }

    /// Whether the client can read this coding.
    pub fn takes(&self, coding: Coding) -> bool {
        Coding::ALL
            .into_iter()
            .zip(self.0)
            .any(|(one, weight)| one == coding && weight > 0)
    }

    /// The body in the coding that is wanted most; of several wanted alike the shortest.
    pub fn choose<'b>(&self, bodies: &'b Bodies) -> (Coding, &'b Bytes) {
        let there = Coding::ALL
            .into_iter()
            .zip(self.0)
            .filter_map(|(coding, weight)| Some((coding, weight, bodies.get(coding)?)))
            .filter(|(_, weight, _)| *weight > 0);
        let best = there.max_by(|one, other| one.1.cmp(&other.1).then(other.2.len().cmp(&one.2.len())));
        best.map_or((Coding::Identity, bodies.identity()), |(coding, _, body)| {
            (coding, body)
        })
    }
}

/// The name and its weight in thousandths.
fn read(word: &str) -> (&str, u16) {
    let (name, parameters) = word.split_once(';').unwrap_or((word, ""));
    let parameter = parameters.trim();
    let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
    let weight = weight.map_or(1.0, |weight| weight.trim().parse::<f32>().unwrap_or(0.0));
    (name.trim(), (weight.clamp(0.0, 1.0) * 1000.0) as u16)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn chosen(value: &'static str, bodies: &Bodies) -> &'static str {
        let header = (header::ACCEPT_ENCODING, HeaderValue::from_static(value));
        Codings::accepted(&HeaderMap::from_iter([header]))
            .choose(bodies)
            .0
            .name()
    }

    #[test]
    fn the_coding_that_is_wanted_most_is_sent_and_the_shortest_of_equals() {
        let text = "the quick brown fox jumps over the lazy dog ".repeat(200);
        let bodies = Bodies::plain(text.into()).compressed();
        let shortest = Coding::ALL[1..]
            .iter()
            .min_by_key(|coding| bodies.get(**coding).unwrap().len())
            .unwrap()
            .name();
        let cases = [
            ("", "identity"),
            ("gzip", "gzip"),
            ("GZIP;q=0.5", "gzip"),
            ("gzip, deflate, br, zstd", shortest),
            ("gzip;q=1.0, br;q=0.9, zstd;q=0.1", "gzip"),
            ("br;q=0, gzip;q=0.1", "gzip"),
            ("identity, gzip;q=0.5", "identity"),
            ("identity;q=0.2, gzip;q=0.5", "gzip"),
            ("identity;q=0, gzip", "gzip"),
            ("*", shortest),
            ("*;q=0", "identity"),
            ("deflate", "identity"),
            ("gzip;q=0", "identity"),
            ("gzip;q=nonsense", "identity"),
        ];
        for (header, coding) in cases {
            assert_eq!(chosen(header, &bodies), coding, "Accept-Encoding: {header}");
        }
    }

    #[test]
    fn what_is_not_compressed_is_sent_as_it_is() {
        assert_eq!(chosen("gzip, identity;q=0", &Bodies::plain("{}".into())), "identity");
    }
}
