//! Changes that are meant: `CHANGE:PATH reason`, one a line in a file, in which `#` begins a comment.

use super::Change;

/// A change that is meant, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ignore {
    /// `FIELD_REMOVED`, or `*` for any.
    change: String,
    /// `Task.title`, with `*` for any run of characters.
    path: String,
    /// Why.
    pub reason: String,
}

/// An entry that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IgnoreError {
    /// It has no path.
    #[error("{0:?} is no CHANGE:PATH, like `FIELD_REMOVED:Task.title moved to Task.name`")]
    Path(String),
    /// There is no such change.
    #[error("there is no change {0:?}; it is a name as the check shows it, like FIELD_REMOVED, or *")]
    Change(String),
    /// Nobody would know why.
    #[error("{0:?} has no reason; say it after the path, like `FIELD_REMOVED:Task.title moved to Task.name`")]
    Reason(String),
    /// One of a file.
    #[error("{file}:{line}: {wrong}")]
    InFile {
        /// Which file.
        file: String,
        /// Which line.
        line: usize,
        /// What is wrong.
        wrong: Box<IgnoreError>,
    },
}

impl Ignore {
    /// Reads one entry.
    pub fn parse(text: &str) -> Result<Ignore, IgnoreError> {
        let text = text.trim();
        let (change, rest) = text.split_once(':').ok_or_else(|| IgnoreError::Path(text.into()))?;
        let (path, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if path.is_empty() {
            return Err(IgnoreError::Path(text.into()));
        }
        let is_known = change == "*" || super::ChangeKind::ALL.iter().any(|kind| kind.name() == change);
        if !is_known {
            return Err(IgnoreError::Change(change.into()));
        }
        if reason.trim().is_empty() {
            return Err(IgnoreError::Reason(text.into()));
        }
        Ok(Ignore {
            change: change.into(),
            path: path.into(),
            reason: reason.trim().into(),
        })
    }

    /// Reads the entries of a file.
    pub fn parse_file(file: &str, text: &str) -> Result<Vec<Ignore>, IgnoreError> {
        let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
        let entries = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let parsed = entries.map(|(line, entry)| {
            Ignore::parse(entry).map_err(|wrong| IgnoreError::InFile {
                file: file.into(),
                line,
                wrong: Box::new(wrong),
            })
        });
        parsed.collect()
    }

    /// Whether it means this change.
    pub fn means(&self, change: &Change) -> bool {
        (self.change == "*" || self.change == change.kind.name()) && is_like(&change.path, &self.path)
    }

    /// As it was written, without the reason.
    pub fn entry(&self) -> String {
        format!("{}:{}", self.change, self.path)
    }
}

/// Whether the text is what the pattern says, in which `*` stands for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(text) = text.strip_prefix(first) else {
        return false;
    };
    let mut starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    starts.any(|at| is_like(&text[at..], rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(is_like("Task.title", "Task.*"));
        assert!(is_like("Task.title.first", "*.first"));
        assert!(is_like("Task.title", "Ta*le"));
        assert!(!is_like("Task.title", "Task"));
        assert!(!is_like("Task.title", "*.name"));
    }

    #[test]
    fn an_entry_says_what_and_why_and_is_refused_otherwise() {
        let entry = Ignore::parse("FIELD_REMOVED:Task.title  moved to Task.name ").unwrap();
        assert_eq!(
            (entry.entry().as_str(), entry.reason.as_str()),
            ("FIELD_REMOVED:Task.title", "moved to Task.name")
        );
        let refused = |text: &str| Ignore::parse(text).unwrap_err().to_string();
        assert!(refused("Task.title moved").contains("is no CHANGE:PATH"));
        assert!(refused("FIELD_GONE:Task.title moved").contains("no change \"FIELD_GONE\""));
        assert!(refused("FIELD_REMOVED:Task.title").contains("has no reason"));
    }

    #[test]
    fn a_file_of_entries_has_comments_and_tells_the_line_of_a_wrong_one() {
        let entries = Ignore::parse_file("i.txt", "# ours\n\n*:Task.* not released yet\n").unwrap();
        assert_eq!(entries.len(), 1);
        let wrong = Ignore::parse_file("i.txt", "# ours\nnonsense\n")
            .unwrap_err()
            .to_string();
        assert!(wrong.starts_with("i.txt:2: "), "{wrong}");
    }
}
