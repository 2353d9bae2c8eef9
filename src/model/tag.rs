//! What a cached thing bears and a write renews. In the keys of the cache a tag is text without user input.

use std::fmt;

use super::{EntityRef, Field, Filter, Id, Kind, Term, Value};

/// The name of something whose change makes cached things old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tag {
    /// One entity, present or absent.
    Entity(Kind, Id),
    /// Lists and counts of a kind that go by one owner: the tasks of a project, the users of an organisation; of these, those
    /// that the term says.
    List(Kind, Field, Id, Term),
    /// All there is of one organisation: whatever is written of it renews this too. No entry bears it; what was found current
    /// together counts under it, so that one question tells whether all of it still is.
    Tenant(Id),
}

impl Tag {
    /// The tenant that is none: what is renewed and can't be told whose it is renews this.
    pub const NO_TENANT: Tag = Tag::Tenant(Id::from_bytes([0; 12]));

    /// The tag of one entity.
    pub const fn entity(kind: Kind, id: Id) -> Tag {
        Tag::Entity(kind, id)
    }

    /// The tag of the lists that such a filter makes: by the narrowest owner that it asks for, and the narrowest term.
    /// `None`: it asks for no owner, so no write could know which of these lists it changes.
    pub fn list(kind: Kind, filter: &Filter) -> Option<Tag> {
        let (owner, id) = Tag::owner(kind, filter)?;
        Some(Tag::List(kind, owner, id, Term::of(kind, owner, filter)))
    }

    /// The narrowest owner that a filter asks for.
    pub fn owner(kind: Kind, filter: &Filter) -> Option<(Field, Id)> {
        let mut owners = kind.owners().iter();
        owners.find_map(|field| Some((*field, owner(filter, field)?)))
    }

    /// The tags of all lists of an owner.
    pub fn lists(kind: Kind, owner: Field, id: Id) -> impl Iterator<Item = Tag> {
        Term::every(kind, owner).map(move |term| Tag::List(kind, owner, id, term))
    }

    /// This, or of an owner alone the tags of all its lists: what somebody means who names the owner.
    pub fn with_all_lists(self) -> Vec<Tag> {
        match self {
            Tag::List(kind, owner, id, Term::ALL) => Tag::lists(kind, owner, id).collect(),
            other => vec![other],
        }
    }

    /// What the tag hangs on: the entity itself, or the owner of the lists.
    pub fn about(&self) -> EntityRef {
        match self {
            Tag::Entity(kind, id) => EntityRef::new(*kind, *id),
            Tag::List(_, field, id, _) => EntityRef::new(owner_kind(field), *id),
            Tag::Tenant(id) => EntityRef::new(Kind::Organization, *id),
        }
    }

    /// What it is about entities of.
    pub const fn kind(&self) -> Kind {
        match self {
            Tag::Entity(kind, _) | Tag::List(kind, ..) => *kind,
            Tag::Tenant(_) => Kind::Organization,
        }
    }

    /// The tag in as many bytes for every tag, so that many are read back fast.
    pub fn to_bytes(&self) -> [u8; Tag::BYTES] {
        let (kind, place, id, term) = match self {
            Tag::Entity(kind, id) => (kind, 0, id, Term::ALL),
            Tag::List(kind, field, id, term) => {
                let place = kind.owners().iter().position(|owner| owner == field);
                (kind, place.expect("a list's owner is in the register") + 1, id, *term)
            }
            Tag::Tenant(id) => (&Kind::Organization, TENANT, id, Term::ALL),
        };
        let mut bytes = [0; Tag::BYTES];
        (bytes[0], bytes[1], bytes[2]) = (number(kind.place()), number(place), term.byte());
        bytes[3..].copy_from_slice(id.bytes());
        bytes
    }

    /// Reads them back; `None` when they are none of ours.
    pub fn from_bytes(bytes: &[u8; Tag::BYTES]) -> Option<Tag> {
        let [kind, place, term, id @ ..] = *bytes;
        let (kind, id) = (*Kind::ALL.get(usize::from(kind))?, Id::from_bytes(id));
        match usize::from(place) {
            0 => Some(Tag::Entity(kind, id)),
            TENANT => (kind == Kind::Organization).then_some(Tag::Tenant(id)),
            place => {
                let owner = kind.owners().get(place - 1)?;
                Some(Tag::List(kind, owner, id, Term::from_byte(kind, owner, term)?))
            }
        }
    }

    /// Reads the text of a tag back; `None` when it is none, or one of a list that no register knows.
    pub fn parse(text: &str) -> Option<Tag> {
        if let Some(id) = text.strip_prefix(TENANTS) {
            return Some(Tag::Tenant(id.parse().ok()?));
        }
        let of = |kind: &Kind| Some((*kind, text.strip_prefix(kind.prefix())?));
        let (kind, rest) = Kind::ALL.iter().find_map(of)?;
        let Some((field, id)) = rest.split_once('=') else {
            return Some(Tag::Entity(kind, rest.parse().ok()?));
        };
        let owner = kind.owners().iter().find(|owner| **owner == field)?;
        let (id, term) = match id.split_once(':') {
            Some((id, term)) => (id, Term::parse(kind, owner, term)?),
            None => (id, Term::ALL),
        };
        Some(Tag::List(kind, owner, id.parse().ok()?, term))
    }

    /// How many bytes a tag is.
    pub const BYTES: usize = 15;
}

/// What the text of a tenant's tag begins with.
const TENANTS: &str = "tenant:";
/// What stands in place of an owner in a tenant's bytes.
const TENANT: usize = 255;

fn number(place: usize) -> u8 {
    u8::try_from(place).expect("the register has fewer than 255 lines")
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Tag::Entity(kind, id) => write!(f, "{}{id}", kind.prefix()),
            Tag::List(kind, owner, id, term) => {
                write!(f, "{}{owner}={id}", kind.prefix())?;
                let part = term.part(*kind);
                part.map_or(Ok(()), |(field, part)| write!(f, ":{field}/{part}"))
            }
            Tag::Tenant(id) => write!(f, "{TENANTS}{id}"),
        }
    }
}

/// What an owner of lists is.
fn owner_kind(field: Field) -> Kind {
    match field {
        "organization" => Kind::Organization,
        "project" => Kind::Project,
        "task" => Kind::Task,
        "member" | "userId" => Kind::User,
        _ => unreachable!("{field} owns lists, so what it names has its line here"),
    }
}

/// The id that a field must have for the filter to match.
fn owner(filter: &Filter, field: Field) -> Option<Id> {
    match filter {
        Filter::Eq(asked, Value::Id(id)) if *asked == field => Some(*id),
        Filter::All(parts) => parts.iter().find_map(|part| owner(part, field)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Id = Id::from_bytes([1; 12]);
    const B: Id = Id::from_bytes([2; 12]);

    #[test]
    fn a_list_goes_by_the_narrowest_owner_that_it_asks_for() {
        let of_both = Filter::Eq("organization", Value::Id(A)).and(Filter::Eq("project", Value::Id(B)));
        assert_eq!(
            Tag::list(Kind::Task, &of_both),
            Some(Tag::List(Kind::Task, "project", B, Term::ALL))
        );
    }

    #[test]
    fn every_tag_is_read_back_from_its_bytes() {
        for kind in Kind::ALL {
            let lists = kind.owners().iter().flat_map(|field| Tag::lists(*kind, field, A));
            for tag in lists.chain([Tag::entity(*kind, B), Tag::Tenant(B)]) {
                assert_eq!(Tag::from_bytes(&tag.to_bytes()), Some(tag));
            }
        }
        assert_eq!(Tag::from_bytes(&[255; Tag::BYTES]), None);
    }

    #[test]
    fn every_tag_is_read_back_from_its_text_and_nothing_else_is() {
        for kind in Kind::ALL {
            let lists = kind.owners().iter().flat_map(|field| Tag::lists(*kind, field, A));
            for tag in lists.chain([Tag::entity(*kind, B), Tag::Tenant(B)]) {
                assert_eq!(Tag::parse(&tag.to_string()), Some(tag));
            }
        }
        let (id, short) = ("0".repeat(24), "0".repeat(23));
        for text in [
            "",
            "task:",
            "task",
            &format!("task:{short}"),
            &format!("task:{id} "),
            &format!("task:project={id}:"),
            &format!("task:project={id}:status/16"),
            &format!("task:project={id}:assignedTo/1"),
            &format!("task:colour={id}"),
            &format!("task:=0{id}"),
            &format!("version:task:{id}"),
            &format!("invoice:{id}"),
            &format!("tenant:{short}"),
            &format!("tenant:organization={id}"),
        ] {
            assert_eq!(Tag::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_tag_hangs_on_an_entity() {
        for kind in Kind::ALL {
            assert_eq!(Tag::entity(*kind, A).about(), EntityRef::new(*kind, A));
            for field in kind.owners() {
                assert_eq!(Tag::List(*kind, field, B, Term::ALL).about().id, B);
            }
        }
    }

    #[test]
    fn an_owner_that_is_only_one_of_several_choices_is_none() {
        let either = Filter::Any(vec![
            Filter::Eq("project", Value::Id(A)),
            Filter::Eq("project", Value::Id(B)),
        ]);
        assert_eq!(Tag::list(Kind::Task, &either), None);
    }
}
