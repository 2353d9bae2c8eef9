//! What an operation asks for, worked out once: which fields of which types under which keys, with everything that the
//! specification merges merged and everything that `@skip` and `@include` leave out gone. Knows no values but those.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value as Literal;

use crate::model::Part;

use super::Failure;
use super::table::{Bound, Field, Table, TypeId};

/// A planned operation.
pub struct Plan {
    /// The types it is about.
    pub(super) table: Arc<Table>,
    /// What is selected, of each type in each place.
    pub(super) selections: Vec<Selection>,
    /// Which of them is the root's.
    pub(super) root: usize,
    /// Where the fields stand, selection and place in it, whose arguments are read for each run.
    pub(super) binds: Vec<(usize, usize)>,
    /// How much the last run took.
    pub(super) usual: Usual,
}

/// How much room runs of a plan take: what the last one took is what the next one begins with.
#[derive(Default)]
pub(super) struct Usual {
    things: AtomicUsize,
    lists: AtomicUsize,
    rest: AtomicUsize,
    waiting: AtomicUsize,
    objects: AtomicUsize,
    cells: AtomicUsize,
    links: AtomicUsize,
    texts: AtomicUsize,
    data: AtomicUsize,
}

/// Room in numbers: of entities read, of places of pages, of all else read, of fields that wait, of objects, cells and links;
/// and in bytes of texts and data.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    pub things: usize,
    pub lists: usize,
    pub rest: usize,
    pub waiting: usize,
    pub objects: usize,
    pub cells: usize,
    pub links: usize,
    pub texts: usize,
    pub data: usize,
}

/// What is selected of objects of one type in one place.
#[derive(Default)]
pub(super) struct Selection {
    pub of: TypeId,
    /// The first that asks the same in the same words: what one comes to the other does. Itself, if it is that.
    pub like: usize,
    pub fields: Vec<Planned>,
    /// Which of them come to something that has to be found out first: a cell each.
    pub resolved: Vec<usize>,
}

/// A field that is asked for.
pub(super) struct Planned {
    /// The key in the answer.
    pub key: Name,
    /// The same as it stands there: `"key":`, behind a comma where others stand before it.
    pub text: Box<str>,
    /// What is asked.
    pub what: What,
    /// Where it stands in the document, each time.
    pub locations: Vec<Pos>,
    /// What is selected of what it comes to.
    pub below: Below,
    /// Its arguments as they are written.
    pub written: Vec<(Positioned<Name>, Positioned<Literal>)>,
    /// The same as they are read.
    pub arguments: Read,
    /// Which of the selection's cells is its own; `None`: it is read off the object.
    pub cell: Option<usize>,
    /// The slot where it is read off the object.
    pub slot: Option<usize>,
}

/// What a field asks.
pub(super) enum What {
    /// A field of the type.
    Field(Arc<Field>),
    /// The name of the type.
    Typename,
}

/// The arguments of a field, as its resolver reads them.
pub(super) enum Read {
    /// It has none.
    Nothing,
    /// No variable is in them, so they are the same in each run.
    Known(Result<Bound, Failure>),
    /// They are read for each run; these of them.
    Each(usize),
}

/// What is selected of what a field comes to.
pub(super) enum Below {
    /// Nothing: it is a scalar.
    Leaf,
    /// This, by place.
    One(usize),
    /// This of each type that it may be.
    Each(Vec<(TypeId, usize)>),
}

impl Usual {
    /// What the last run took.
    pub fn room(&self) -> Room {
        let load = |of: &AtomicUsize| of.load(Ordering::Relaxed);
        Room {
            things: load(&self.things),
            lists: load(&self.lists),
            rest: load(&self.rest),
            waiting: load(&self.waiting),
            objects: load(&self.objects),
            cells: load(&self.cells),
            links: load(&self.links),
            texts: load(&self.texts),
            data: load(&self.data),
        }
    }

    /// A run took so much. Of runs at the same time any may be remembered, and parts of several: it is a guess.
    pub fn note(&self, room: Room) {
        let store = |of: &AtomicUsize, room| of.store(room, Ordering::Relaxed);
        store(&self.things, room.things);
        store(&self.lists, room.lists);
        store(&self.rest, room.rest);
        store(&self.waiting, room.waiting);
        store(&self.objects, room.objects);
        store(&self.cells, room.cells);
        store(&self.links, room.links);
        store(&self.texts, room.texts);
        store(&self.data, room.data);
    }
}

impl Default for TypeId {
    fn default() -> TypeId {
        TypeId(u16::MAX)
    }
}

impl Selection {
    /// Whether the other asks the same of the same type in the same words.
    pub fn is_like(&self, other: &Selection, among: &[Selection]) -> bool {
        let mut pairs = self.fields.iter().zip(&other.fields);
        self.of == other.of
            && self.fields.len() == other.fields.len()
            && pairs.all(|(one, another)| one.is_like(another, among))
    }
}

impl Planned {
    /// What it comes to where that is read off the object and isn't null.
    pub fn read_off<'r>(&self, part: Part<'r>) -> Option<&'r [u8]> {
        let text = part.slot(self.slot?);
        (!matches!(text, b"" | b"null")).then_some(text)
    }

    fn is_like(&self, other: &Planned, among: &[Selection]) -> bool {
        let same = match (&self.what, &other.what) {
            (What::Field(field), What::Field(another)) => Arc::ptr_eq(field, another),
            (What::Typename, What::Typename) => true,
            _ => false,
        };
        same && self.key == other.key && self.written == other.written && self.below.is_like(&other.below, among)
    }
}

impl Below {
    /// Whether what is selected in both places is the same.
    pub fn is_like(&self, other: &Below, among: &[Selection]) -> bool {
        let like = |one: usize, another: usize| among[one].like == among[another].like;
        match (self, other) {
            (Below::Leaf, Below::Leaf) => true,
            (Below::One(one), Below::One(another)) => like(*one, *another),
            (Below::Each(each), Below::Each(others)) => {
                let mut pairs = each.iter().zip(others);
                each.len() == others.len() && pairs.all(|(one, other)| one.0 == other.0 && like(one.1, other.1))
            }
            _ => false,
        }
    }

    /// What is selected of objects of this type.
    pub fn of(&self, object: TypeId) -> Option<usize> {
        match self {
            Below::Leaf => None,
            Below::One(selection) => Some(*selection),
            Below::Each(each) => each
                .iter()
                .find(|(of, _)| *of == object)
                .map(|(_, selection)| *selection),
        }
    }
}
