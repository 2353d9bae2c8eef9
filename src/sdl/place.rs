//! Where something stands in a file.

use std::fmt;

/// A file, and where in it; lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, as it was named.
    pub file: String,
    /// Line and column; `None`: the file as a whole.
    pub position: Option<(usize, usize)>,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: &str) -> Place {
        let file = file.to_owned();
        Place { file, position: None }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some((line, column)) => write!(f, "{}:{line}:{column}", self.file),
            None => f.write_str(&self.file),
        }
    }
}
