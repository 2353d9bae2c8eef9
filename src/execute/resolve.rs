//! How a field is had of an object, by what the table says.

use std::task::{Poll, ready};

use crate::model::{EntityRef, Kind, Row};

use super::call::Call;
use super::table::{Bound, Field, Resolve, TypeId};
use super::{Failure, Object, Output, Subject};

type Resolved = Poll<Result<Output, Failure>>;

impl Call<'_> {
    /// What the field of this object comes to.
    pub(super) fn resolve(&mut self, field: &Field, object: &Object, bound: &Bound) -> Resolved {
        match (&field.resolve, &object.subject) {
            (Resolve::Call(resolver), _) => resolver(object, bound, self),
            (Resolve::One(slot, kind), Subject::Row(row, _)) => self.one(field, row, *slot, *kind),
            (Resolve::Many(slot, kind), Subject::Row(row, _)) => self.many(field, row, *slot, *kind),
            (Resolve::Embedded(slot), Subject::Row(row, _)) => Poll::Ready(Ok(embedded(field, row, *slot))),
            (Resolve::Slot(_), _) => unreachable!("these are not resolved here"),
            (_, Subject::Made(_) | Subject::Root) => unreachable!("only rows have slots"),
        }
    }

    fn one(&mut self, field: &Field, row: &Row, slot: usize, kind: Kind) -> Resolved {
        let Some(id) = row.one(slot) else {
            return Poll::Ready(Ok(Output::Null));
        };
        let seen = ready!(self.see(EntityRef::new(kind, id)))?;
        Poll::Ready(Ok(
            seen.map_or(Output::Null, |row| Output::Object(Object::row(of(field), row)))
        ))
    }

    /// The entities in their order, without those that are absent or not seen.
    fn many(&mut self, field: &Field, row: &Row, slot: usize, kind: Kind) -> Resolved {
        let entities = row.many(slot).map(|id| EntityRef::new(kind, id));
        let seen = ready!(self.see_many(entities))?;
        let objects = seen.into_iter().flatten().map(|row| Some(Object::row(of(field), row)));
        Poll::Ready(Ok(Output::Objects(objects.collect())))
    }
}

fn embedded(field: &Field, row: &Row, slot: usize) -> Output {
    let mut rows = row.rows(slot).map(|row| Object::row(of(field), row));
    if field.shape.list.is_some() {
        return Output::Objects(rows.map(Some).collect());
    }
    rows.next().map_or(Output::Null, Output::Object)
}

fn of(field: &Field) -> TypeId {
    field.of.expect("what leads to objects says of which type")
}
