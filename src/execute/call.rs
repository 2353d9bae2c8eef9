//! What a field may do while it is resolved: ask for what it reads. What isn't there yet is loaded with all else that
//! the operation waits for, and then the field is called again.

use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::task::{Poll, ready};

use crate::loader::{BatchKey, LoadError, Loaded, TaskCounts};
use crate::model::{EntityRef, FieldRule, Filter, Id, Kind, Query, Row};

use super::arena::Arena;
use super::table::{Table, TypeId};
use super::{Admitted, Failure, Listed, Object, Output, Seen, Text};

/// What stands around an operation: who asks, and by which rules.
pub trait Env: Send + Sync {
    /// Itself, for the fields that know it.
    fn as_any(&self) -> &(dyn Any + Send + Sync);

    /// Whether the viewer sees this entity. `above` tells of what stands above it, if that is seen.
    fn sees(&self, row: &Row, above: Above<'_>) -> Poll<Result<bool, Failure>>;

    /// Whether the viewer may read a field with this rule of an object that they see; `note` is what its maker has told
    /// of it. A failure stands in place of the value.
    fn may_read(&self, rule: FieldRule, row: &Row, note: u8) -> Result<(), Failure>;

    /// What clients are told of a load that failed.
    fn failed(&self, error: LoadError) -> Failure;
}

/// Finds out whether the viewer sees what stands above an entity.
pub type Above<'a> = &'a mut dyn FnMut(EntityRef) -> Poll<Result<bool, Failure>>;

/// The call of a field.
pub struct Call<'a> {
    pub(super) env: &'a dyn Env,
    pub(super) arena: &'a mut Arena,
    pub(super) table: &'a Table,
    /// The type of the field's objects.
    pub(super) of: Option<TypeId>,
    /// Where the texts of scalars are written.
    pub(super) texts: &'a mut Vec<u8>,
    /// What the field has worked out before it had to wait.
    pub(super) kept: Option<Kept>,
}

/// What a field keeps while it waits.
pub(super) type Kept = Arc<dyn Any + Send + Sync>;

impl Call<'_> {
    /// What stands around the operation.
    pub fn env(&self) -> &dyn Env {
        self.env
    }

    /// The types.
    pub fn table(&self) -> &Table {
        self.table
    }

    /// The type of this name.
    ///
    /// # Panics
    /// When there is no such type: whoever names one has declared it.
    pub fn type_of(&self, name: &str) -> TypeId {
        self.table.find(name).expect("the type was declared")
    }

    /// The type of what the field leads to.
    ///
    /// # Panics
    /// When it leads to no objects: whoever resolves a field knows that.
    pub fn of(&self) -> TypeId {
        self.of.expect("the field leads to objects")
    }

    /// A scalar, or a list of such, whose JSON text this writes.
    pub fn text(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> Output {
        let start = self.texts.len();
        write(self.texts);
        let end = self.texts.len();
        Output::Json(Text { start, end })
    }

    /// What this makes, once, however often the field is called until all that it reads is there. A field has one such thing.
    pub fn once<T: Any + Send + Sync>(
        &mut self,
        make: impl FnOnce(&mut Self) -> Poll<Result<T, Failure>>,
    ) -> Poll<Result<Arc<T>, Failure>> {
        if let Some(Ok(kept)) = self.kept.clone().map(Arc::downcast) {
            return Poll::Ready(Ok(kept));
        }
        let made = Arc::new(ready!(make(self))?);
        self.kept = Some(made.clone());
        Poll::Ready(Ok(made))
    }

    /// The entity, if it is there and the viewer sees it.
    pub fn see(&mut self, entity: EntityRef) -> Poll<Result<Option<Seen>, Failure>> {
        self.arena.see(self.env, entity)
    }

    /// The same of many, in their order; all are asked for at once.
    pub fn see_many(&mut self, entities: impl Iterator<Item = EntityRef>) -> Poll<Result<Vec<Option<Seen>>, Failure>> {
        let seen: Vec<_> = entities.map(|entity| self.see(entity)).collect();
        all(seen)
    }

    /// Which of the first so many entities of a page the viewer sees, in their order; as each was found first.
    pub fn admit_many(&mut self, page: &Listed, most: usize) -> Poll<Result<Admitted, Failure>> {
        let (first, mut waits, mut failed, mut hidden) = (page.first(most), false, None, false);
        for at in first.clone() {
            match self.arena.sees_at(self.env, self.arena.listed_at(at)) {
                Poll::Pending => waits = true,
                Poll::Ready(Ok(sees)) => hidden |= !sees,
                Poll::Ready(Err(failure)) => failed = failed.or(Some(failure)),
            }
        }
        match failed {
            _ if waits => Poll::Pending,
            Some(failure) => Poll::Ready(Err(failure)),
            None if hidden => Poll::Ready(Ok(Admitted::new(self.arena.list_shown(self.env, first)))),
            None => Poll::Ready(Ok(Admitted::new(first))),
        }
    }

    /// What was admitted, in its order.
    pub fn seen(&self, admitted: &Admitted) -> impl ExactSizeIterator<Item = Seen> {
        admitted.listed().map(|at| self.arena.seen(self.arena.listed_at(at)))
    }

    /// One page of a list, whoever sees what is on it.
    pub fn page(&mut self, kind: Kind, query: Query) -> Poll<Result<Listed, Failure>> {
        self.page_of(&BatchKey::page(kind, query))
    }

    /// The same by a key that is at hand.
    pub fn page_of(&mut self, key: &BatchKey) -> Poll<Result<Listed, Failure>> {
        self.arena.page(self.env, key)
    }

    /// How many match.
    pub fn count(&mut self, kind: Kind, filter: Filter) -> Poll<Result<u64, Failure>> {
        self.load(&BatchKey::count(kind, filter)).map_ok(Loaded::count)
    }

    /// How many tasks of a project aren't archived, by status; a status without any is left out.
    pub fn status_counts(&mut self, project: Id) -> Poll<Result<Arc<BTreeMap<String, u64>>, Failure>> {
        self.load(&BatchKey::StatusCounts(project))
            .map_ok(Loaded::status_counts)
    }

    /// How many tasks match, by project and status; what has none is left out.
    pub fn task_counts(&mut self, filter: Filter) -> Poll<Result<Arc<TaskCounts>, Failure>> {
        self.load(&BatchKey::task_counts(filter)).map_ok(Loaded::task_counts)
    }

    /// The projects that a user belongs to.
    pub fn memberships(&mut self, user: Id) -> Poll<Result<Arc<HashSet<Id>>, Failure>> {
        self.load(&BatchKey::Memberships(user)).map_ok(Loaded::memberships)
    }

    /// The object of an entity, if the viewer sees it.
    pub fn object(&mut self, of: TypeId, entity: EntityRef) -> Poll<Result<Option<Object>, Failure>> {
        let row = ready!(self.see(entity))?;
        Poll::Ready(Ok(row.map(|row| Object::seen(of, row))))
    }

    fn load(&mut self, key: &BatchKey) -> Poll<Result<Loaded, Failure>> {
        self.arena.load(self.env, key)
    }
}

/// All of them, once all are there; the first failure is all of theirs.
fn all(polls: Vec<Poll<Result<Option<Seen>, Failure>>>) -> Poll<Result<Vec<Option<Seen>>, Failure>> {
    if polls.iter().any(Poll::is_pending) {
        return Poll::Pending;
    }
    let ready = polls.into_iter().map(|poll| match poll {
        Poll::Ready(seen) => seen,
        Poll::Pending => unreachable!("none is pending"),
    });
    Poll::Ready(ready.collect())
}
