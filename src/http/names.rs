//! The operation names that metrics tell apart. Clients choose them, so there is an end to it.

use std::collections::HashSet;

use parking_lot::RwLock;

/// The names seen so far.
#[derive(Default)]
pub struct Names(RwLock<HashSet<String>>);

/// What operations without a name are counted as.
pub const ANONYMOUS: &str = "anonymous";
/// What names beyond the bound are counted as.
const OTHER: &str = "other";
const MOST: usize = 200;
const LONGEST: usize = 64;

impl Names {
    /// The label of an operation that is executed; takes a new name in while there is room.
    pub fn label<'a>(&self, name: Option<&'a str>) -> &'a str {
        let Some(name) = name else {
            return ANONYMOUS;
        };
        if self.0.read().contains(name) {
            return name;
        }
        if name.len() > LONGEST {
            return OTHER;
        }
        let mut seen = self.0.write();
        if seen.len() < MOST || seen.contains(name) {
            seen.insert(name.to_owned());
            return name;
        }
        OTHER
    }

    /// The label of an operation that is refused; takes no new name in.
    pub fn label_if_seen<'a>(&self, name: Option<&'a str>) -> &'a str {
        match name {
            None => ANONYMOUS,
            Some(name) if self.0.read().contains(name) => name,
            Some(_) => OTHER,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_names_are_told_apart() {
        let names = Names::default();
        let many: Vec<String> = (0..300).map(|number| format!("Operation{number}")).collect();
        let own = many.iter().filter(|name| names.label(Some(name)) == name.as_str());
        assert_eq!(own.count(), MOST);
        assert_eq!(names.label(Some("Operation0")), "Operation0");
        assert_eq!(names.label(Some("Operation250")), OTHER);
        assert_eq!(names.label(None), ANONYMOUS);
    }

    #[test]
    fn a_refused_operation_takes_no_room() {
        let names = Names::default();
        assert_eq!(names.label_if_seen(Some("Probe")), OTHER);
        names.label(Some("Board"));
        assert_eq!(names.label_if_seen(Some("Board")), "Board");
    }
}
