//! Counts how deep `{ [ (` are nested, before a parser sees the text: the GraphQL parser recurses without a limit on
//! values and would take the process down. It may count more than a parser would see, never less.

/// Most brackets that may be open at once, in a document and in a JSON body.
pub const LIMIT: usize = 64;

/// The text is nested too deep.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} is nested {depth} brackets deep, at most {LIMIT} are allowed; move deep values into variables or ask in two steps"
)]
pub struct TooDeep {
    what: &'static str,
    depth: usize,
}

/// Refuses a GraphQL document that is nested too deep.
pub fn check_document(text: &str) -> Result<(), TooDeep> {
    refuse("the document", document_depth(text.as_bytes()))
}

/// Refuses JSON that is nested too deep.
pub fn check_json(text: &[u8]) -> Result<(), TooDeep> {
    refuse("the JSON", json_depth(text))
}

fn refuse(what: &'static str, depth: usize) -> Result<(), TooDeep> {
    if depth > LIMIT {
        return Err(TooDeep { what, depth });
    }
    Ok(())
}

#[derive(Default)]
struct Depth {
    open: usize,
    most: usize,
}

impl Depth {
    fn see(&mut self, byte: u8) {
        match byte {
            b'{' | b'[' | b'(' => {
                self.open += 1;
                self.most = self.most.max(self.open);
            }
            b'}' | b']' | b')' => self.open = self.open.saturating_sub(1),
            _ => {}
        }
    }
}

fn document_depth(text: &[u8]) -> usize {
    let mut depth = Depth::default();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at = match byte {
            b'#' => after_line(text, at + 1),
            b'"' => after_block(text, at).unwrap_or_else(|| after_string(text, at + 1)),
            _ => {
                depth.see(byte);
                at + 1
            }
        };
    }
    depth.most
}

fn json_depth(text: &[u8]) -> usize {
    let mut depth = Depth::default();
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if byte == b'"' {
            at = after_string(text, at + 1);
        } else {
            depth.see(byte);
            at += 1;
        }
    }
    depth.most
}

pub(super) fn after_line(text: &[u8], from: usize) -> usize {
    let rest = &text[from..];
    let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.map_or(text.len(), |length| from + length)
}

/// After the string whose content begins here. One that the line ends without closing ends with the line: what
/// follows is counted, whatever a parser makes of it.
pub(super) fn after_string(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\n' | b'\r' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

/// After the block string that begins here; `None` when none does, or none that ends: the parser then
/// reads an empty string and another one.
pub(super) fn after_block(text: &[u8], from: usize) -> Option<usize> {
    const QUOTES: &[u8] = b"\"\"\"";
    let mut at = from + text[from..].starts_with(QUOTES).then_some(QUOTES.len())?;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with(QUOTES) {
            return Some(at + QUOTES.len());
        }
        at += if rest.starts_with(b"\\\"\"\"") { 4 } else { 1 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(text: &str) -> usize {
        document_depth(text.as_bytes())
    }

    #[test]
    fn brackets_of_all_kinds_count_together() {
        assert_eq!(depth("{ a(b: [{ c: 1 }]) { d } }"), 4);
    }

    #[test]
    fn brackets_in_strings_and_comments_do_not_count() {
        assert_eq!(depth("{ a(b: \"[[[\\\"[[\") # {{{\n }"), 2);
        assert_eq!(depth("{ a(b: \"\"\"[[[ \\\"\"\" [[ \"quoted\" [[\"\"\") }"), 2);
    }

    #[test]
    fn a_block_string_that_never_ends_hides_nothing() {
        assert_eq!(depth("[\"\"\" \" [[["), 4);
    }

    #[test]
    fn a_string_that_its_line_leaves_open_hides_nothing_of_the_next() {
        assert_eq!(depth("{ a(b: \" [[\n[[[ "), 5);
    }

    #[test]
    fn sixty_four_are_allowed_and_sixty_five_are_not() {
        assert_eq!(check_document(&"[".repeat(64)), Ok(()));
        let refused = check_document(&"[".repeat(65)).unwrap_err().to_string();
        assert!(refused.contains("65 brackets deep, at most 64"), "{refused}");
        assert!(check_json(&[b'['; 10_000]).is_err());
    }

    #[test]
    fn json_strings_do_not_count() {
        assert_eq!(json_depth(br#"{"a":"[[[\"[[","b":[1]}"#), 2);
    }
}
