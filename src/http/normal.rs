//! What a document says, whatever blanks, commas and comments stand between: the hash of its tokens.

use sha2::{Digest, Sha256};

use super::nesting::{after_block, after_line, after_string};

/// The hash of a document's tokens. Two documents that a parser reads have the same only if it reads the same of both.
pub fn hash(document: &str) -> [u8; 32] {
    let (text, mut hash, mut at) = (document.as_bytes(), Sha256::new(), 0);
    while let Some(end) = token_end(text, at) {
        if let Some(token) = end.token {
            hash.update(&text[token..end.at]);
            // Between any two, so that none grows together with the next.
            hash.update(b" ");
        }
        at = end.at;
    }
    hash.finalize().into()
}

/// Where a token ends, and where it began; nothing began where it is none.
struct End {
    token: Option<usize>,
    at: usize,
}

fn token_end(text: &[u8], at: usize) -> Option<End> {
    let token = |end| {
        Some(End {
            token: Some(at),
            at: end,
        })
    };
    match *text.get(at)? {
        b'#' => Some(End {
            token: None,
            at: after_line(text, at + 1),
        }),
        blank if is_blank(blank) => Some(End {
            token: None,
            at: at + 1,
        }),
        b'"' => token(after_block(text, at).unwrap_or_else(|| after_string(text, at + 1))),
        b'.' if text[at..].starts_with(b"...") => token(at + 3),
        mark if is_mark(mark) => token(at + 1),
        _ => {
            let ends = |byte: &u8| is_blank(*byte) || is_mark(*byte) || matches!(byte, b'#' | b'"');
            let length = text[at + 1..].iter().position(ends);
            token(length.map_or(text.len(), |length| at + 1 + length))
        }
    }
}

/// What a parser passes over, the bytes of a byte-order mark among it: no name or number holds one of them.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xEF | 0xBB | 0xBF)
}

fn is_mark(byte: u8) -> bool {
    b"!$&()/:=@[]{|}".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_commas_and_comments_are_no_part_of_a_document() {
        let plain = hash("query A($a:Int=1){a(b:$a,c:[1 2]){...F ...on T@skip(if:true){x}}}");
        let spread = "\u{feff}# asked by the board\nquery A ( $a : Int = 1 ) {\r\n\ta(b: $a c: [1, 2,]) { ... F, \
                      ... on T @skip(if: true) { x } } } # end";
        assert_eq!(plain, hash(spread));
    }

    #[test]
    fn strings_are_part_of_it_to_the_last_blank() {
        let all = [
            "{a(b:\"x y\")}",
            "{a(b:\"x  y\")}",
            "{a(b:\"x,y\")}",
            "{a(b:\"x#y\")}",
            "{a(b:\"x\\\" y\")}",
            "{a(b:\"\"\"x y\"\"\")}",
            "{a(b:\"\"\"x  y\"\"\")}",
            "{a(b:[\"\" \"x y\"])}",
            "{a(b:[\"\"\"\"\"\" \"x y\"])}",
            "{a(b:1)}",
            "{a(b:-1)}",
            "{a b}",
            "{ab}",
            "{a:b}",
        ];
        let mut hashes: Vec<_> = all.iter().map(|document| hash(document)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), all.len());
    }
}
