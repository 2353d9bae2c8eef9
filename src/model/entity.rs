//! What every stored kind of thing has in common, and the indexes that its collection needs.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::term::of_owner;
use super::{AnyEntity, Declared, Field, Id, Kind, Row, RowBuilder, Tag, Term, Timestamp, Value};

/// A document with an identity, an organisation and a version.
pub trait Entity:
    Declared + Serialize + DeserializeOwned + Clone + PartialEq + Send + Sync + Into<AnyEntity> + 'static
{
    /// Its line in the register.
    const KIND: Kind;
    /// The indexes of its collection.
    const INDEXES: &'static [Index];
    /// The array fields that filters look into (`Filter::Has`, `Filter::Prefix`).
    const LINKS: &'static [&'static str];

    /// The fields by which lists of this kind are kept in the cache, the narrowest first; see `owners`.
    const OWNERS: &'static [Field] = &["organization"];
    /// The fields of which each value has lists of its own among an owner's, with the owner, those first that narrow most.
    const TERMS: &'static [(Field, Field)] = &[];

    /// Which of its kind it is.
    fn id(&self) -> Id;
    /// Whose it is.
    fn organization(&self) -> Id;
    /// How often it has been written; the store compares it on every write.
    fn version(&self) -> i64;
    /// Sets the version and time of a write; the store's handle calls it, nobody else.
    fn stamp(&mut self, version: i64, at: Timestamp);

    /// The owners of the lists that it may be in: an id for each of `OWNERS`, or several for a field of many.
    fn owners(&self) -> Vec<(Field, Id)> {
        let organization = Self::OWNERS.iter().filter(|field| **field == "organization");
        organization.map(|field| (*field, self.organization())).collect()
    }

    /// The values of one of the fields of `TERMS`.
    fn values(&self, _field: Field) -> Vec<Value> {
        Vec::new()
    }

    /// This image with its quiet fields as they are in `after`: those that no reader needs to see at once, and whose
    /// change therefore renews no tag.
    #[must_use]
    fn hushed(&self, _after: &Self) -> Self {
        self.clone()
    }

    /// Its row: what the cache keeps of it and the loader hands out.
    fn to_row(&self) -> Row {
        let mut row = RowBuilder::of(self);
        self.put_slots(&mut row);
        row.finish()
    }

    /// Reads its row; `None` when that is one of something else. Fields that are left out of rows are empty.
    fn from_row(row: &Row) -> Option<Self> {
        row.reference().filter(|reference| reference.kind == Self::KIND)?;
        Self::take_slots(row)
    }

    /// The tags of everything that may show this image of it: itself, and the lists of its owners. Also of lists that keep
    /// their members: a page that is read from the store brings rows, and these rest on the page's tag alone.
    fn tags(&self) -> Vec<Tag> {
        let mut tags = vec![Tag::entity(Self::KIND, self.id())];
        for (owner, id) in self.owners() {
            let list = |term| Tag::List(Self::KIND, owner, id, term);
            tags.extend(self.terms(owner).into_iter().map(list));
        }
        tags
    }

    /// Which lists of an owner may show this image.
    fn terms(&self, owner: Field) -> Vec<Term> {
        let mut terms = vec![Term::ALL];
        for (at, field) in of_owner(Self::KIND, owner) {
            let values = self.values(field);
            terms.extend(values.iter().filter_map(|value| Term::value(at, value)));
        }
        terms
    }
}

/// An index of a collection: fields by their stored names, in order.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// The fields, each with its direction.
    pub keys: &'static [(&'static str, Direction)],
    /// Two documents may not agree in all fields.
    pub unique: bool,
    /// The document is removed once the time in the (only) field has passed.
    pub expires: bool,
}

/// Which way a list or an index runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Small to large, old to new.
    Ascending,
    /// Large to small, new to old.
    Descending,
}

impl Direction {
    /// The other way.
    pub const fn reversed(self) -> Direction {
        match self {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        }
    }

    /// 1 or -1.
    pub const fn sign(self) -> i32 {
        match self {
            Direction::Ascending => 1,
            Direction::Descending => -1,
        }
    }
}

impl Index {
    /// A plain index.
    pub const fn on(keys: &'static [(&'static str, Direction)]) -> Index {
        Index {
            keys,
            unique: false,
            expires: false,
        }
    }

    /// An index that refuses two documents with equal fields.
    pub const fn unique(keys: &'static [(&'static str, Direction)]) -> Index {
        Index {
            keys,
            unique: true,
            expires: false,
        }
    }

    /// An index by which documents expire.
    pub const fn expiring(keys: &'static [(&'static str, Direction)]) -> Index {
        Index {
            keys,
            unique: false,
            expires: true,
        }
    }

    /// The name it has in the database: fields and directions, as MongoDB would name it.
    pub fn name(&self) -> String {
        let parts: Vec<String> = self
            .keys
            .iter()
            .map(|(field, way)| format!("{field}_{}", way.sign()))
            .collect();
        parts.join("_")
    }
}

/// What an entity answers by its fields `id`, `version` and `updated_at`, and by the one that names its organisation.
macro_rules! identity {
    ($organization:ident) => {
        fn id(&self) -> $crate::model::Id {
            self.id
        }

        fn organization(&self) -> $crate::model::Id {
            self.$organization
        }

        fn version(&self) -> i64 {
            self.version
        }

        fn stamp(&mut self, version: i64, at: $crate::model::Timestamp) {
            (self.version, self.updated_at) = (version, at);
        }
    };
}

pub(super) use identity;
