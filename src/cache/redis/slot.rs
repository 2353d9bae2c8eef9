//! Where a key lies in a cluster: one of 16384 slots, by the CRC16 of the key or of what stands in its braces.

/// How many slots there are.
pub(super) const SLOTS: u16 = 16_384;

/// The slot of a key, as the cluster's specification says.
pub(super) fn slot(key: &str) -> u16 {
    crc16(hashed(key).as_bytes()) % SLOTS
}

/// What stands between the first `{` and the next `}`, unless that is nothing; else the whole key.
fn hashed(key: &str) -> &str {
    let inner = key.split_once('{').and_then(|(_, rest)| rest.split_once('}'));
    inner
        .map(|(inner, _)| inner)
        .filter(|inner| !inner.is_empty())
        .unwrap_or(key)
}

/// CRC-16/XMODEM: polynomial 0x1021, from 0.
fn crc16(bytes: &[u8]) -> u16 {
    bytes
        .iter()
        .fold(0, |crc, byte| TABLE[usize::from((crc >> 8) as u8 ^ byte)] ^ (crc << 8))
}

const TABLE: [u16; 256] = {
    let mut table = [0_u16; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x1021
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slots_are_those_that_the_server_counts() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        // As CLUSTER KEYSLOT of Redis 7.0.15 answers.
        for (key, expected) in [
            ("", 0),
            ("foo", 12_182),
            (
                "task:65f0a1b2c3d4e5f601234567",
                slot("{task:65f0a1b2c3d4e5f601234567}x"),
            ),
            ("{user1000}.following", slot("user1000")),
            ("foo{{bar}}zap", slot("{bar")),
            ("foo{bar}{zap}", slot("bar")),
        ] {
            assert_eq!(slot(key), expected, "{key}");
        }
        assert_ne!(slot("foo{}{bar}"), slot("bar"));
    }
}
