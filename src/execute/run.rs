//! The execution of a plan: all fields that can be resolved are, then all that the others want is loaded in one batch,
//! until nothing is wanted; then the answer is written. The number of batches is that of the levels, not of the objects.

mod reached;

use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};
use std::task::{Poll, ready};

use async_graphql::{ServerError, Variables};

use crate::loader::{Loaders, Reached};
use crate::model::{EntityRef, Id, Kind};

use super::arena::{Arena, At};
use super::arguments::read;
use super::call::{Call, Env, Kept};
use super::plan::{Plan, Planned, Read, Room, What};
use super::table::{Bound, Field, Resolve, TypeId};
use super::write::write;
use super::{Data, Failure, Object, Output, Subject, Text};

/// What came of an operation.
pub struct Answer {
    /// The data; `null` where a failure has taken all of it.
    pub data: Data,
    /// What failed, where.
    pub errors: Vec<ServerError>,
    /// Whether it would have been longer than allowed; then there is no data.
    pub is_too_long: bool,
    /// What each place of it rests on, where the loaders tell how all was read.
    pub reached: Vec<Reached>,
}

/// An operation under way.
pub(super) struct Run<'r> {
    pub plan: &'r Plan,
    env: &'r dyn Env,
    loaders: &'r Loaders,
    bound: Vec<Result<Bound, Failure>>,
    arena: Arena,
    pub instances: Vec<Instance>,
    pub cells: Vec<Cell>,
    /// The objects of all lists, one list after the other.
    pub links: Vec<Option<usize>>,
    pub texts: Vec<u8>,
    pub failures: Vec<Failure>,
    /// The last instance of each entity that the arena knows; from there they hang together.
    heads: Vec<Option<NonZeroU32>>,
    /// The ids of a relation while it is looked at.
    ids: Vec<Id>,
    /// The fields that wait: object and place in its selection, and what each keeps meanwhile.
    waiting: Vec<(usize, usize, Option<Kept>)>,
    /// How many have waited at once.
    most_waiting: usize,
    /// The objects whose fields have not been looked at.
    fresh: Vec<usize>,
}

/// An object in one place of the plan.
pub(super) struct Instance {
    pub object: Object,
    pub selection: usize,
    /// Where its cells begin.
    pub cells: usize,
    /// The instance of the same entity before this one, in another selection or with another note.
    before: Option<NonZeroU32>,
}

/// What a field of an object came to.
#[derive(Clone, Copy)]
pub(super) enum Cell {
    /// Nobody knows yet.
    Open,
    Null,
    /// What stands in this slot of the row.
    Slot(usize),
    /// So many bytes of text from there.
    Json(usize, usize),
    Object(usize),
    /// So many links from there.
    Objects(usize, usize),
    Failed(usize),
}

impl Plan {
    /// Executes what is selected of this object with these variables, which have been coerced. Data longer than `most`
    /// bytes is cut off.
    pub async fn run(
        &self,
        root: Subject,
        env: &dyn Env,
        loaders: &Loaders,
        variables: &Variables,
        most: usize,
    ) -> Answer {
        let mut run = Run::new(self, env, loaders, variables);
        let of = self.selections[self.root].of;
        run.place(Object::root(of, root), self.root);
        run.look();
        run.load().await;
        let mut answer = write(&run, most);
        if let Some(told) = loaders.explanation() {
            answer.reached = run.reached(told);
        }
        self.usual.note(run.room(answer.data.len()));
        answer
    }
}

impl<'r> Run<'r> {
    fn new(plan: &'r Plan, env: &'r dyn Env, loaders: &'r Loaders, variables: &Variables) -> Run<'r> {
        let room = plan.usual.room();
        let bound = |(selection, at): &(usize, usize)| {
            let planned = &plan.selections[*selection].fields[*at];
            match &planned.what {
                What::Field(field) => read(field, &planned.written, variables),
                What::Typename => unreachable!("it has no arguments"),
            }
        };
        Run {
            plan,
            env,
            loaders,
            bound: plan.binds.iter().map(bound).collect(),
            arena: Arena::new(&room),
            instances: Vec::with_capacity(room.objects),
            cells: Vec::with_capacity(room.cells),
            links: Vec::with_capacity(room.links),
            texts: Vec::with_capacity(room.texts),
            failures: Vec::new(),
            heads: Vec::with_capacity(room.things),
            ids: Vec::new(),
            waiting: Vec::with_capacity(room.waiting),
            most_waiting: 0,
            fresh: Vec::with_capacity(room.objects),
        }
    }

    /// How much it took, with so many bytes of data.
    fn room(&self, data: usize) -> Room {
        Room {
            waiting: self.most_waiting,
            objects: self.instances.len(),
            cells: self.cells.len(),
            links: self.links.len(),
            texts: self.texts.len(),
            data,
            ..self.arena.room()
        }
    }

    /// Loads, round by round, until no field waits.
    async fn load(&mut self) {
        let mut woken = Vec::with_capacity(self.waiting.capacity());
        loop {
            self.most_waiting = self.most_waiting.max(self.waiting.len());
            let wanted = self.arena.take_wanted();
            if wanted.is_empty() {
                debug_assert!(self.waiting.is_empty(), "who waits has asked for something");
                return;
            }
            let loaded = self.loaders.load_batch(&wanted).await;
            self.arena.put(wanted, loaded);
            std::mem::swap(&mut self.waiting, &mut woken);
            for (instance, at, kept) in woken.drain(..) {
                self.resolve(instance, at, kept);
            }
            self.look();
        }
    }

    fn look(&mut self) {
        while let Some(instance) = self.fresh.pop() {
            let plan = self.plan;
            for at in &plan.selections[self.instances[instance].selection].resolved {
                self.resolve(instance, *at, None);
            }
        }
    }

    /// Finds out what a field of an object comes to, or lets it wait.
    fn resolve(&mut self, instance: usize, at: usize, mut kept: Option<Kept>) {
        let plan = self.plan;
        let Instance { selection, cells, .. } = self.instances[instance];
        let planned = &plan.selections[selection].fields[at];
        let (What::Field(field), Some(cell)) = (&planned.what, planned.cell) else {
            return;
        };
        if let Err(failure) = self.may_read(instance, field) {
            self.cells[cells + cell] = self.failed(failure);
            return;
        }
        let found = match (&field.resolve, &self.instances[instance].object.subject) {
            (Resolve::Slot(slot), _) => Poll::Ready(Cell::Slot(*slot)),
            (Resolve::One(slot, kind), Subject::Row(row, _)) => match row.one(*slot) {
                Some(id) => self.one(planned, field, EntityRef::new(*kind, id)),
                None => Poll::Ready(Cell::Null),
            },
            (Resolve::Many(slot, kind), Subject::Row(row, _)) => {
                self.ids.clear();
                self.ids.extend(row.many(*slot));
                self.many(planned, field, *kind)
            }
            _ => self
                .poll(instance, field, planned, &mut kept)
                .map(|output| self.output(planned, output)),
        };
        match found {
            Poll::Pending => self.waiting.push((instance, at, kept)),
            Poll::Ready(found) => self.cells[cells + cell] = found,
        }
    }

    /// Whether the viewer may read this field of an object.
    fn may_read(&self, instance: usize, field: &Field) -> Result<(), Failure> {
        match (field.rule, &self.instances[instance].object.subject) {
            (Some(rule), Subject::Row(row, note)) => self.env.may_read(rule, row, *note),
            _ => Ok(()),
        }
    }

    /// The entity that a slot names.
    fn one(&mut self, planned: &Planned, field: &Field, entity: EntityRef) -> Poll<Cell> {
        let (selection, at) = (self.below(planned, of(field)), self.arena.place(entity));
        if let Some(place) = selection.and_then(|selection| self.known(selection, at, 0)) {
            return Poll::Ready(Cell::Object(place));
        }
        Poll::Ready(match ready!(self.arena.see_at(self.env, at)) {
            Ok(Some(seen)) => selection.map_or(Cell::Null, |selection| {
                Cell::Object(self.put_entity(Object::seen(of(field), seen), selection, at))
            }),
            Ok(None) => Cell::Null,
            Err(failure) => self.failed(failure),
        })
    }

    /// The entities whose ids are at hand, in their order, without those that are absent or not seen. Most of what boards
    /// and lists are made of, so it needs no memory but that of the links.
    fn many(&mut self, planned: &Planned, field: &Field, kind: Kind) -> Poll<Cell> {
        let (start, mut waits, mut failed) = (self.links.len(), false, None);
        let selection = self.below(planned, of(field));
        for next in 0..self.ids.len() {
            let at = self.arena.place(EntityRef::new(kind, self.ids[next]));
            let known = selection.and_then(|selection| self.known(selection, at, 0));
            if known.is_some() {
                self.links.push(known);
                continue;
            }
            match self.arena.see_at(self.env, at) {
                Poll::Pending => waits = true,
                Poll::Ready(Ok(None)) => {}
                Poll::Ready(Ok(Some(seen))) => {
                    let object = Object::seen(of(field), seen);
                    let link = selection.map(|selection| self.put_entity(object, selection, at));
                    self.links.push(link);
                }
                Poll::Ready(Err(failure)) => failed = Some(failure),
            }
        }
        if waits || failed.is_some() {
            self.links.truncate(start);
        }
        match failed {
            _ if waits => Poll::Pending,
            Some(failure) => Poll::Ready(self.failed(failure)),
            None => Poll::Ready(Cell::Objects(start, self.links.len())),
        }
    }

    fn failed(&mut self, failure: Failure) -> Cell {
        self.failures.push(failure);
        Cell::Failed(self.failures.len() - 1)
    }

    fn poll(
        &mut self,
        instance: usize,
        field: &Field,
        planned: &Planned,
        kept: &mut Option<Kept>,
    ) -> Poll<Result<Output, Failure>> {
        let Run {
            arena,
            instances,
            env,
            plan,
            bound,
            texts,
            ..
        } = self;
        let bound = match &planned.arguments {
            Read::Nothing => Ok(&*NOTHING),
            Read::Known(known) => known.as_ref(),
            Read::Each(which) => bound[*which].as_ref(),
        };
        let bound = match bound {
            Ok(bound) => bound,
            Err(failure) => return Poll::Ready(Err(failure.clone())),
        };
        let mut call = Call {
            env: *env,
            arena,
            table: &plan.table,
            of: field.of,
            texts,
            kept: kept.take(),
        };
        let found = call.resolve(field, &instances[instance].object, bound);
        *kept = call.kept;
        found
    }

    /// Puts what a field came to in its place.
    fn output(&mut self, planned: &Planned, output: Result<Output, Failure>) -> Cell {
        match output {
            Err(failure) => self.failed(failure),
            Ok(Output::Null) => Cell::Null,
            Ok(Output::Json(Text { start, end })) => Cell::Json(start, end),
            Ok(Output::Object(object)) => self.put(planned, object).map_or(Cell::Null, Cell::Object),
            Ok(Output::Objects(objects)) => {
                let start = self.links.len();
                for object in objects {
                    let link = object.and_then(|object| self.put(planned, object));
                    self.links.push(link);
                }
                Cell::Objects(start, self.links.len())
            }
            Ok(Output::Entities(of, admitted, note)) => {
                let (start, selection) = (self.links.len(), self.below(planned, of));
                for at in admitted.listed() {
                    let at = self.arena.listed_at(at);
                    let link = selection.map(|selection| self.admitted(of, at, note, selection));
                    self.links.push(link);
                }
                Cell::Objects(start, self.links.len())
            }
        }
    }

    /// The place in a selection of the entity there, which the viewer sees.
    fn admitted(&mut self, of: TypeId, at: At, note: u8, selection: usize) -> usize {
        match self.known(selection, at, note) {
            Some(place) => place,
            None => self.put_entity(Object::seen_noted(of, self.arena.seen(at), note), selection, at),
        }
    }

    /// What is selected of objects of this type, where it was first asked for.
    fn below(&self, planned: &Planned, of: TypeId) -> Option<usize> {
        let selection = planned.below.of(of)?;
        Some(self.plan.selections[selection].like)
    }

    fn put(&mut self, planned: &Planned, object: Object) -> Option<usize> {
        let selection = self.below(planned, object.of)?;
        Some(self.place(object, selection))
    }

    /// The place of an object in a selection: an entity has one, however often it is met there.
    fn place(&mut self, object: Object, selection: usize) -> usize {
        let Some((at, note)) = self.identity(&object) else {
            return self.instance(object, selection, None);
        };
        match self.known(selection, at, note) {
            Some(place) => place,
            None => self.put_entity(object, selection, at),
        }
    }

    /// Which entity an object is, with the note that tells its fields more.
    fn identity(&mut self, object: &Object) -> Option<(At, u8)> {
        let Subject::Row(row, note) = &object.subject else {
            return None;
        };
        let at = object.at.or_else(|| Some(self.arena.place(row.reference()?)))?;
        Some((at, *note))
    }

    /// The instance of the entity there in a selection.
    fn known(&self, selection: usize, at: At, note: u8) -> Option<usize> {
        let mut next = *self.heads.get(at as usize)?;
        while let Some(place) = next {
            let place = index(place);
            let instance = &self.instances[place];
            if instance.selection == selection && matches!(instance.object.subject, Subject::Row(_, of) if of == note) {
                return Some(place);
            }
            next = instance.before;
        }
        None
    }

    /// A new instance of the entity there.
    fn put_entity(&mut self, object: Object, selection: usize, at: At) -> usize {
        let at = at as usize;
        if self.heads.len() <= at {
            self.heads.resize(at + 1, None);
        }
        let place = self.instance(object, selection, self.heads[at]);
        self.heads[at] = number(place);
        place
    }

    /// A new instance, whose fields are to be looked at.
    fn instance(&mut self, object: Object, selection: usize, before: Option<NonZeroU32>) -> usize {
        let (cells, resolved) = (self.cells.len(), self.plan.selections[selection].resolved.len());
        self.cells.resize(cells + resolved, Cell::Open);
        self.instances.push(Instance {
            object,
            selection,
            cells,
            before,
        });
        let place = self.instances.len() - 1;
        if resolved > 0 {
            self.fresh.push(place);
        }
        place
    }
}

/// An instance as entities name theirs: counted from one.
fn number(place: usize) -> Option<NonZeroU32> {
    let number = u32::try_from(place + 1).expect("an answer has fewer than four thousand million objects");
    NonZeroU32::new(number)
}

/// The place of the instance of this number.
const fn index(number: NonZeroU32) -> usize {
    number.get() as usize - 1
}

fn of(field: &Field) -> TypeId {
    field.of.expect("what leads to objects says of which type")
}

/// The arguments of a field that has none.
static NOTHING: LazyLock<Bound> = LazyLock::new(|| Arc::new(()));
