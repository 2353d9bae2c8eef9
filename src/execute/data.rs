//! The data of an answer as JSON text, written as it will be sent: what a response has around it stands there already, so that
//! most answers need not be copied.

use std::ops::Deref;

use bytes::Bytes;

/// The data of an answer. Cheap to clone; clones share the bytes.
#[derive(Clone, Debug)]
pub struct Data {
    response: Bytes,
}

/// What stands before the data of a response without errors.
const HEAD: &[u8] = b"{\"data\":";
/// What stands behind it.
const END: &[u8] = b"}";

impl Data {
    /// Where data is to be written, with room for so many bytes of it.
    pub(super) fn begun(room: usize) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEAD.len() + room + END.len());
        out.extend_from_slice(HEAD);
        out
    }

    /// What stands there before the data.
    pub(super) const fn head() -> usize {
        HEAD.len()
    }

    /// What was written there.
    pub(super) fn ended(mut out: Vec<u8>) -> Data {
        out.extend_from_slice(END);
        Data { response: out.into() }
    }

    /// The whole response that has this data and nothing else.
    pub fn response(&self) -> Bytes {
        self.response.clone()
    }
}

impl From<&[u8]> for Data {
    /// Data of this text.
    fn from(text: &[u8]) -> Data {
        let mut out = Data::begun(text.len());
        out.extend_from_slice(text);
        Data::ended(out)
    }
}

impl Deref for Data {
    type Target = [u8];

    /// The text of the data alone.
    fn deref(&self) -> &[u8] {
        &self.response[HEAD.len()..self.response.len() - END.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_read_alone_and_as_a_response() {
        let data = Data::from(&b"{\"a\":1}"[..]);
        assert_eq!(&*data, b"{\"a\":1}");
        assert_eq!(data.response(), &b"{\"data\":{\"a\":1}}"[..]);
    }
}
