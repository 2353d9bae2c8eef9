//! A cached whole answer as bytes: what it answers, how long it counts, the versions it was made under, and its bodies,
//! which are read back without a copy. What doesn't read as that is a miss.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};

use crate::model::{Tag, Timestamp};

use super::{Bodies, Version};

/// What is cached of one answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The question that it answers; under another key it is a foreign one.
    pub question: [u8; 16],
    /// What the body is known by: a hash of it.
    pub etag: [u8; 16],
    /// When it was made.
    pub made_at: Timestamp,
    /// How long it counts from then.
    pub fresh: Duration,
    /// How long beyond that it may be served while it is made anew.
    pub while_revalidate: Duration,
    /// How long beyond that it may be served when it can't be made anew.
    pub if_error: Duration,
    /// Whether it is the same for everybody.
    pub is_public: bool,
    /// The versions that its pieces were read under: it is served only while all are current.
    pub pairs: Vec<(Tag, Version)>,
    /// Its body.
    pub bodies: Bodies,
}

/// What all of ours begin with; the last byte is raised when the encoding or what a body says changes.
const MAGIC: [u8; 4] = *b"ans\x02";
/// Where it stands when an answer was made.
const MADE_AT: usize = 4 + 16 + 16;
const HEAD: usize = MADE_AT + 8 + 3 * 4 + 1 + 4 * 4 + 2;
const PAIR: usize = Tag::BYTES + 8;

impl Answer {
    /// The bytes to cache.
    pub fn encode(&self) -> Bytes {
        let coded = self.bodies.coded();
        let length: usize = coded.iter().map(Bytes::len).sum();
        let mut bytes = Vec::with_capacity(HEAD + self.pairs.len() * PAIR + length);
        bytes.put_slice(&MAGIC);
        bytes.put_slice(&self.question);
        bytes.put_slice(&self.etag);
        bytes.put_i64(self.made_at.millis());
        for span in [self.fresh, self.while_revalidate, self.if_error] {
            bytes.put_u32(u32::try_from(span.as_secs()).unwrap_or(u32::MAX));
        }
        bytes.put_u8(u8::from(self.is_public));
        for body in coded {
            bytes.put_u32(u32::try_from(body.len()).expect("a kept body is far below 4 GiB"));
        }
        bytes.put_u16(u16::try_from(self.pairs.len()).expect("a kept answer has at most 512 tags"));
        for (tag, version) in &self.pairs {
            bytes.put_slice(&tag.to_bytes());
            bytes.put_u64(version.token());
        }
        coded.iter().for_each(|body| bytes.put_slice(body));
        bytes.into()
    }

    /// When the answer in these bytes was made, and how long it may be kept from then.
    pub(super) fn life(mut bytes: &[u8]) -> Option<(Timestamp, Duration)> {
        if bytes.len() < HEAD || !bytes.starts_with(&MAGIC) {
            return None;
        }
        bytes.advance(MADE_AT);
        let made_at = Timestamp::from_millis(bytes.get_i64());
        let [fresh, while_revalidate, if_error] = [(); 3].map(|()| Duration::from_secs(bytes.get_u32().into()));
        Some((made_at, fresh + while_revalidate.max(if_error)))
    }

    /// Reads bytes back; `None` when they are torn, foreign, of another format or answer another question.
    pub fn decode(question: &[u8; 16], mut bytes: Bytes) -> Option<Answer> {
        if bytes.len() < HEAD || bytes.split_to(4) != MAGIC[..] || bytes.split_to(16) != question[..] {
            return None;
        }
        let mut etag = [0; 16];
        bytes.copy_to_slice(&mut etag);
        let made_at = Timestamp::from_millis(bytes.get_i64());
        let [fresh, while_revalidate, if_error] = [(); 3].map(|()| Duration::from_secs(bytes.get_u32().into()));
        let is_public = bytes.get_u8() == 1;
        let lengths = [(); 4].map(|()| bytes.get_u32() as usize);
        let pairs = usize::from(bytes.get_u16());
        if bytes.len() != lengths.iter().sum::<usize>() + pairs * PAIR {
            return None;
        }
        Some(Answer {
            question: *question,
            etag,
            made_at,
            fresh,
            while_revalidate,
            if_error,
            is_public,
            pairs: (0..pairs).map(|_| read_pair(&mut bytes)).collect::<Option<_>>()?,
            bodies: Bodies::from_coded(lengths.map(|length| bytes.split_to(length))),
        })
    }
}

fn read_pair(bytes: &mut Bytes) -> Option<(Tag, Version)> {
    let mut tag = [0; Tag::BYTES];
    bytes.copy_to_slice(&mut tag);
    Some((Tag::from_bytes(&tag)?, Version::from_token(bytes.get_u64())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Id, Kind};

    const QUESTION: [u8; 16] = [7; 16];

    fn answer() -> Answer {
        let tag = |byte| Tag::entity(Kind::Task, Id::from_bytes([byte; 12]));
        Answer {
            question: QUESTION,
            etag: [1; 16],
            made_at: Timestamp::from_millis(1_700_000_000_123),
            fresh: Duration::from_secs(300),
            while_revalidate: Duration::from_secs(60),
            if_error: Duration::from_secs(600),
            is_public: true,
            pairs: vec![(tag(1), Version::fresh()), (tag(2), Version::fresh())],
            bodies: Bodies::plain(Bytes::from(vec![b'x'; 5_000])).compressed(),
        }
    }

    #[test]
    fn an_answer_is_read_back_as_it_was() {
        let answer = answer();
        assert_eq!(Answer::decode(&QUESTION, answer.encode()), Some(answer));
    }

    #[test]
    fn its_life_is_told_without_reading_it() {
        let answer = answer();
        let life = answer.fresh + answer.if_error;
        assert_eq!(Answer::life(&answer.encode()), Some((answer.made_at, life)));
        assert_eq!(Answer::life(b"ans"), None);
    }

    #[test]
    fn a_torn_or_prolonged_answer_is_a_miss() {
        let bytes = answer().encode();
        assert!((0..bytes.len()).all(|end| Answer::decode(&QUESTION, bytes.slice(..end)).is_none()));
        let longer = [&bytes[..], b"x"].concat();
        assert_eq!(Answer::decode(&QUESTION, longer.into()), None);
    }

    #[test]
    fn an_answer_to_another_question_or_of_another_format_is_a_miss() {
        let bytes = answer().encode();
        assert_eq!(Answer::decode(&[8; 16], bytes.clone()), None);
        let mut older = bytes.to_vec();
        older[3] = 0;
        assert_eq!(Answer::decode(&QUESTION, older.into()), None);
    }
}
