//! Which of an owner's lists a tag stands for: a closed set, so that whoever renews all lists of an owner can name them.

use xxhash_rust::xxh3::xxh3_64;

use super::{Field, Filter, Kind, Value};

/// Which of the lists that go by one owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term(u8);

/// How many parts the values of a field fall into. Values that share one are renewed together, which costs a read.
const PARTS: u8 = 16;
/// The number of the first part of the first field.
const FIRST: u8 = 2;

impl Term {
    /// Those that go by anything there is: every write renews them.
    pub const ANY: Term = Term(0);
    /// Those that go by nothing but what places (`Entity::PLACING`): an update that leaves that alone leaves them.
    pub const PLACED: Term = Term(1);

    /// Of the placed lists those that ask for one value of a field, by its place in `Entity::TERMS`.
    pub fn value(at: usize, value: &Value) -> Option<Term> {
        let hash = match value {
            Value::Text(text) => xxh3_64(text.as_bytes()),
            Value::Id(id) => xxh3_64(id.bytes()),
            _ => return None,
        };
        let part = u8::try_from(hash % u64::from(PARTS)).expect("a remainder is less than its divisor");
        Some(Term(FIRST + u8::try_from(at).ok()? * PARTS + part))
    }

    /// The narrowest that a list is among: what it asks for, and the fields that it goes by besides its filter.
    pub fn of(kind: Kind, owner: Field, filter: &Filter, by: &[Field]) -> Term {
        let is_placing = |field: Field| kind.placing().contains(&field);
        if !by.iter().all(|field| is_placing(field)) || !filter.goes_by(&is_placing) {
            return Term::ANY;
        }
        let mut terms = kind.terms().iter().enumerate();
        let narrow = terms.find_map(|(at, (of, field))| match *of == owner {
            true => Term::value(at, filter.only(field)?),
            false => None,
        });
        narrow.unwrap_or(Term::PLACED)
    }

    /// All there are for the lists of this owner.
    pub fn all(kind: Kind, owner: Field) -> impl Iterator<Item = Term> {
        let parts = |(at, _): (usize, &(Field, Field))| {
            let first = FIRST + u8::try_from(at).expect("few fields have terms") * PARTS;
            (first..first + PARTS).map(Term)
        };
        let terms = kind.terms().iter().enumerate();
        let of_values = terms.filter(move |(_, (of, _))| *of == owner).flat_map(parts);
        [Term::ANY, Term::PLACED].into_iter().chain(of_values)
    }

    /// The byte that stands for it.
    pub const fn byte(self) -> u8 {
        self.0
    }

    /// Reads the byte back; `None` where this owner has no such lists.
    pub fn from_byte(kind: Kind, owner: Field, byte: u8) -> Option<Term> {
        Term::all(kind, owner).find(|term| term.0 == byte)
    }

    /// What is written behind the owner, as `placed` or `status/7`; empty for `ANY`.
    pub fn text(self, kind: Kind) -> String {
        let Some(number) = self.0.checked_sub(FIRST) else {
            return if self == Term::ANY { "" } else { PLACED }.to_owned();
        };
        let (_, field) = kind.terms()[usize::from(number / PARTS)];
        format!("{field}/{}", number % PARTS)
    }

    /// Reads the text back; `None` where this owner has no such lists.
    pub fn parse(kind: Kind, owner: Field, text: &str) -> Option<Term> {
        Term::all(kind, owner).find(|term| term.text(kind) == text)
    }
}

const PLACED: &str = "placed";

impl Filter {
    /// Whether all fields that it looks at are such.
    fn goes_by(&self, is_such: &impl Fn(Field) -> bool) -> bool {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().all(|part| part.goes_by(is_such)),
            Filter::Eq(field, _)
            | Filter::In(field, _)
            | Filter::Has(field, _)
            | Filter::Prefix(field, _)
            | Filter::Lt(field, _)
            | Filter::Lte(field, _)
            | Filter::Gt(field, _)
            | Filter::Gte(field, _) => is_such(field),
        }
    }

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

    fn todo() -> Filter {
        Filter::Eq("project", Value::Id(A)).and(Filter::Eq("status", Value::Text("todo".into())))
    }

    fn of(filter: &Filter, by: &[Field]) -> String {
        Term::of(Kind::Task, "project", filter, by).text(Kind::Task)
    }

    #[test]
    fn a_list_of_one_value_goes_by_its_part() {
        assert!(of(&todo(), &["rank"]).starts_with("status/"));
        let one = Filter::In("status", vec![Value::Text("todo".into())]);
        assert_eq!(of(&one, &["rank"]), of(&todo(), &["rank"]));
    }

    #[test]
    fn a_list_of_several_values_is_only_placed() {
        let several = ["todo", "done"].map(|status| Value::Text(status.into()));
        assert_eq!(of(&Filter::In("status", several.to_vec()), &["rank"]), "placed");
        assert_eq!(of(&Filter::Any(vec![todo(), todo()]), &[]), "placed");
    }

    #[test]
    fn a_list_that_goes_by_anything_else_is_renewed_by_every_write() {
        assert_eq!(of(&todo(), &["updatedAt"]), "");
        assert_eq!(
            of(&todo().and(Filter::Prefix("searchTerms", "a".into())), &["rank"]),
            ""
        );
    }

    #[test]
    fn every_term_is_read_back_from_its_byte_and_its_text() {
        for kind in Kind::ALL {
            for owner in kind.owners() {
                for term in Term::all(*kind, owner) {
                    assert_eq!(Term::from_byte(*kind, owner, term.byte()), Some(term));
                    assert_eq!(Term::parse(*kind, owner, &term.text(*kind)), Some(term));
                }
                assert_eq!(Term::from_byte(*kind, owner, u8::MAX), None);
                assert_eq!(Term::parse(*kind, owner, "status/16"), None);
            }
        }
    }
}
