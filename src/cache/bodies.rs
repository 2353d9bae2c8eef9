//! The body of an answer in every coding that clients ask for, compressed once.

use std::io::{self, Write};

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// How a body may be coded: the names of `Content-Encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As it is.
    Identity,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
    /// Gzip.
    Gzip,
}

impl Coding {
    /// All of them; the first is how every body is there.
    pub const ALL: [Coding; 4] = [Coding::Identity, Coding::Brotli, Coding::Zstd, Coding::Gzip];

    /// As HTTP names it.
    pub const fn name(self) -> &'static str {
        match self {
            Coding::Identity => "identity",
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
            Coding::Gzip => "gzip",
        }
    }
}

/// One body: as it is, and in the codings that are worth it. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bodies {
    /// By the places of `Coding::ALL`; empty: not there.
    coded: [Bytes; 4],
}

/// Shorter bodies fit into a packet or two as they are.
const LEAST: usize = 1 << 10;
const ZSTD_LEVEL: i32 = 3;
const GZIP_LEVEL: u32 = 6;
const BROTLI_QUALITY: i32 = 5;

impl Bodies {
    /// A body as it is.
    pub fn plain(identity: Bytes) -> Bodies {
        let mut bodies = Bodies::default();
        bodies.coded[0] = identity;
        bodies
    }

    /// The codings as they were kept, by the places of `Coding::ALL`.
    pub(super) fn from_coded(coded: [Bytes; 4]) -> Bodies {
        Bodies { coded }
    }

    /// The same with every coding that makes it smaller. Takes milliseconds where the body is large.
    #[must_use]
    pub fn compressed(mut self) -> Bodies {
        let identity = self.identity().clone();
        if identity.len() < LEAST {
            return self;
        }
        for (coding, place) in Coding::ALL.into_iter().zip(&mut self.coded).skip(1) {
            let coded = compress(coding, &identity).expect("memory takes any bytes");
            if coded.len() < identity.len() {
                *place = coded.into_boxed_slice().into();
            }
        }
        self
    }

    /// The body as it is.
    pub fn identity(&self) -> &Bytes {
        &self.coded[0]
    }

    /// The body in this coding, if it is there.
    pub fn get(&self, coding: Coding) -> Option<&Bytes> {
        let coded = &self.coded[coding as usize];
        (coding == Coding::Identity || !coded.is_empty()).then_some(coded)
    }

    /// By the places of `Coding::ALL`.
    pub(super) fn coded(&self) -> &[Bytes; 4] {
        &self.coded
    }
}

fn compress(coding: Coding, body: &[u8]) -> io::Result<Vec<u8>> {
    match coding {
        Coding::Identity => Ok(body.to_vec()),
        Coding::Zstd => zstd::bulk::compress(body, ZSTD_LEVEL),
        Coding::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::new(GZIP_LEVEL));
            encoder.write_all(body)?;
            encoder.finish()
        }
        Coding::Brotli => {
            let mut coded = Vec::new();
            let params = BrotliEncoderParams {
                quality: BROTLI_QUALITY,
                size_hint: body.len(),
                ..BrotliEncoderParams::default()
            };
            brotli::BrotliCompress(&mut &*body, &mut coded, &params)?;
            Ok(coded)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_body_stays_as_it_is() {
        let bodies = Bodies::plain(Bytes::from(vec![b'a'; LEAST - 1])).compressed();
        assert!(Coding::ALL[1..].iter().all(|coding| bodies.get(*coding).is_none()));
    }

    #[test]
    fn what_compression_makes_no_smaller_is_not_kept() {
        let noise: Vec<u8> = (0..LEAST).map(|_| rand::random()).collect();
        let bodies = Bodies::plain(noise.into()).compressed();
        assert!(bodies.get(Coding::Zstd).is_none());
    }
}
