//! How a field is had of an object, by what the table says.

use std::task::Poll;

use crate::model::Row;

use super::call::Call;
use super::table::{Bound, Field, Resolve, TypeId};
use super::{Failure, Object, Output, Subject};

type Resolved = Poll<Result<Output, Failure>>;

impl Call<'_> {
    /// What the field of this object comes to.
    pub(super) fn resolve(&mut self, field: &Field, object: &Object, bound: &Bound) -> Resolved {
        match (&field.resolve, &object.subject) {
            (Resolve::Call(resolver), _) => resolver(object, bound, self),
            (Resolve::Embedded(slot), Subject::Row(row, _)) => Poll::Ready(Ok(embedded(field, row, *slot))),
            (Resolve::Slot(_) | Resolve::One(..) | Resolve::Many(..), _) => unreachable!("these are not resolved here"),
            (_, Subject::Made(_) | Subject::Root) => unreachable!("only rows have slots"),
        }
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
