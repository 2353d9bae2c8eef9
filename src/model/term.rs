//! Which of an owner's lists a tag stands for: a closed set, so that whoever renews all lists of an owner can name them.

use xxhash_rust::xxh3::xxh3_64;

use super::{Field, Filter, Kind, Value};

/// Which of the lists that go by one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(u8);

/// How many parts the values of a field fall into. Values that share one are renewed together, which costs a read.
const PARTS: u8 = 16;
/// The number of the first part of the first field.
const FIRST: u8 = 1;

impl Term {
    /// Those that may show anything of the owner: every write of its entities renews them.
    pub const ALL: Term = Term(0);

    /// Those that show only what has this value in a field, by the field's place in `Entity::TERMS`; `None` for values
    /// that have no lists of their own.
    pub fn value(at: usize, value: &Value) -> Option<Term> {
        let hash = match value {
            Value::Text(text) => xxh3_64(text.as_bytes()),
            Value::Id(id) => xxh3_64(id.bytes()),
            _ => return None,
        };
        let part = u8::try_from(hash % u64::from(PARTS)).expect("a remainder is less than its divisor");
        Some(Term(first(at) + part))
    }

    /// The narrowest that the lists with such a filter are among.
    pub fn of(kind: Kind, owner: Field, filter: &Filter) -> Term {
        let mut terms = of_owner(kind, owner);
        let narrow = terms.find_map(|(at, field)| Term::value(at, filter.only(field)?));
        narrow.unwrap_or(Term::ALL)
    }

    /// Every one that the lists of this owner may be among.
    pub fn every(kind: Kind, owner: Field) -> impl Iterator<Item = Term> {
        let parts = |(at, _)| (first(at)..first(at) + PARTS).map(Term);
        std::iter::once(Term::ALL).chain(of_owner(kind, owner).flat_map(parts))
    }

    /// The byte that stands for it.
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// Reads the byte back; `None` where this owner has no such lists.
    pub fn from_byte(kind: Kind, owner: Field, byte: u8) -> Option<Term> {
        let term = Term(byte);
        let is_of_owner = || term.pair(kind).is_some_and(|((of, _), _)| of == owner);
        (term == Term::ALL || is_of_owner()).then_some(term)
    }

    /// The field, and the part of its values, as `status` and 7; `None` for `ALL`.
    pub fn part(self, kind: Kind) -> Option<(Field, u8)> {
        self.pair(kind).map(|((_, field), part)| (field, part))
    }

    /// Reads what is written behind the owner, as `status/7`; `None` where this owner has no such lists.
    pub fn parse(kind: Kind, owner: Field, text: &str) -> Option<Term> {
        let (field, part) = text.split_once('/')?;
        let is_written_so = |term: &Term| term.part(kind).is_some_and(|(_, number)| number.to_string() == part);
        let (at, _) = of_owner(kind, owner).find(|(_, known)| *known == field)?;
        (first(at)..first(at) + PARTS).map(Term).find(is_written_so)
    }

    fn pair(self, kind: Kind) -> Option<((Field, Field), u8)> {
        let number = self.0.checked_sub(FIRST)?;
        let pair = kind.terms().get(usize::from(number / PARTS))?;
        Some((*pair, number % PARTS))
    }
}

/// The fields of which each value has lists of its own among this owner's, with their places.
pub(super) fn of_owner(kind: Kind, owner: Field) -> impl Iterator<Item = (usize, Field)> {
    let terms = kind.terms().iter().enumerate();
    terms.filter_map(move |(at, (of, field))| (*of == owner).then_some((at, *field)))
}

fn first(at: usize) -> u8 {
    FIRST + u8::try_from(at).expect("few fields have terms") * PARTS
}

impl Filter {
    /// The only value of a field with which anything can match; `None` where there may be several.
    fn only(&self, field: Field) -> Option<&Value> {
        match self {
            Filter::Eq(asked, value) | Filter::Has(asked, value) if *asked == field => Some(value),
            Filter::In(asked, values) if *asked == field && values.len() == 1 => values.first(),
            Filter::All(parts) => parts.iter().find_map(|part| part.only(field)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Id;

    const A: Id = Id::from_bytes([1; 12]);

    fn of(filter: Filter) -> Term {
        let own = Filter::All(vec![Filter::Eq("project", Value::Id(A))]);
        Term::of(Kind::Task, "project", &own.and(filter))
    }

    fn field(term: Term) -> Option<Field> {
        term.part(Kind::Task).map(|(field, _)| field)
    }

    fn statuses(keys: &[&str]) -> Filter {
        let keys = keys.iter().map(|key| Value::Text((*key).into()));
        Filter::In("status", keys.collect())
    }

    #[test]
    fn a_list_of_one_value_goes_by_its_part() {
        let one = Filter::Eq("status", Value::Text("todo".into()));
        assert_eq!(field(of(one.clone())), Some("status"));
        assert_eq!(of(statuses(&["todo"])), of(one));
    }

    #[test]
    fn a_list_of_several_values_or_of_none_goes_by_all() {
        assert_eq!(of(statuses(&["todo", "done"])), Term::ALL);
        assert_eq!(of(Filter::Any(vec![statuses(&["todo"])])), Term::ALL);
        assert_eq!(of(Filter::Eq("status", Value::Null)), Term::ALL);
        assert_eq!(of(Filter::everything()), Term::ALL);
    }

    #[test]
    fn a_field_has_terms_only_among_its_owners_lists() {
        assert_eq!(of(Filter::Has("assignedTo", Value::Id(A))), Term::ALL);
        let theirs = Term::of(Kind::Task, "organization", &Filter::Has("assignedTo", Value::Id(A)));
        assert_eq!(field(theirs), Some("assignedTo"));
    }

    #[test]
    fn every_term_is_read_back_from_its_byte_and_its_text() {
        for kind in Kind::ALL {
            for owner in kind.owners() {
                for term in Term::every(*kind, owner) {
                    assert_eq!(Term::from_byte(*kind, owner, term.byte()), Some(term));
                    if let Some((field, part)) = term.part(*kind) {
                        assert_eq!(Term::parse(*kind, owner, &format!("{field}/{part}")), Some(term));
                    }
                }
                assert_eq!(Term::from_byte(*kind, owner, u8::MAX), None);
                for text in ["", "status", "status/16", "status/07", "status/+7", "title/7"] {
                    assert_eq!(Term::parse(*kind, owner, text), None, "{text}");
                }
            }
        }
    }
}
