//! What an answer is made of while it is resolved: objects, and what their fields came to.

use std::any::Any;
use std::sync::Arc;

use crate::model::Row;

use super::arena::At;
use super::table::TypeId;
use super::{Admitted, Seen};

/// An object of some type.
#[derive(Clone, Debug)]
pub struct Object {
    /// Which type of the table.
    pub of: TypeId,
    /// What it is made of.
    pub subject: Subject,
    /// Where it stands among the entities of the operation, if that is known.
    pub(super) at: Option<At>,
}

/// What an object is made of.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A row: of an entity, or of what is embedded in one. The number is for whoever made the object, and tells its
    /// fields more than the row does.
    Row(Row, u8),
    /// Something made for this answer.
    Made(Arc<dyn Any + Send + Sync>),
    /// The root of an operation.
    Root,
}

/// What a field came to.
#[derive(Clone, Debug)]
pub enum Output {
    /// Nothing.
    Null,
    /// A scalar, or a list of such: the JSON text that the call has written.
    Json(Text),
    /// An object.
    Object(Object),
    /// Objects in their order, `None` for a null among them.
    Objects(Vec<Option<Object>>),
    /// Entities of a page that the viewer sees, in their order, each with this note for its fields.
    Entities(TypeId, Admitted, u8),
}

/// Where the text stands that a call has written.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Output {
    /// The object of a row, if there is one.
    pub fn row(of: TypeId, row: Option<Row>) -> Output {
        row.map_or(Output::Null, |row| Output::Object(Object::row(of, row)))
    }

    /// The object of an entity, if the viewer sees one.
    pub fn seen(of: TypeId, seen: Option<Seen>) -> Output {
        seen.map_or(Output::Null, |seen| Output::Object(Object::seen(of, seen)))
    }
}

impl Object {
    /// An object made for this answer.
    pub fn made<T: Any + Send + Sync>(of: TypeId, value: T) -> Object {
        Object {
            of,
            subject: Subject::Made(Arc::new(value)),
            at: None,
        }
    }

    /// The object of a row.
    pub fn row(of: TypeId, row: Row) -> Object {
        Object::noted(of, row, 0)
    }

    /// The same with a note for its fields.
    pub fn noted(of: TypeId, row: Row, note: u8) -> Object {
        let subject = Subject::Row(row, note);
        Object { of, subject, at: None }
    }

    /// The object of an entity.
    pub fn seen(of: TypeId, seen: Seen) -> Object {
        Object::seen_noted(of, seen, 0)
    }

    /// The same with a note for its fields.
    pub fn seen_noted(of: TypeId, seen: Seen, note: u8) -> Object {
        let at = Some(seen.at());
        let subject = Subject::Row(seen.into_row(), note);
        Object { of, subject, at }
    }

    /// The root of an operation, or of what is selected of a payload.
    pub(super) const fn root(of: TypeId, subject: Subject) -> Object {
        Object { of, subject, at: None }
    }

    /// Its row, if it is made of one.
    pub fn as_row(&self) -> Option<&Row> {
        self.as_noted().map(|(row, _)| row)
    }

    /// The same with its note.
    pub fn as_noted(&self) -> Option<(&Row, u8)> {
        match &self.subject {
            Subject::Row(row, note) => Some((row, *note)),
            Subject::Made(_) | Subject::Root => None,
        }
    }

    /// What it was made of for this answer.
    pub fn as_made<T: Any>(&self) -> Option<&T> {
        match &self.subject {
            Subject::Made(value) => value.downcast_ref(),
            Subject::Row(..) | Subject::Root => None,
        }
    }
}
