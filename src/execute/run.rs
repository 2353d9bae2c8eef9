//! The execution of a plan: all fields that can be resolved are, then all that the others want is loaded in one batch,
//! until nothing is wanted; then the answer is written. The number of batches is that of the levels, not of the objects.

use std::collections::HashMap;
use std::task::{Poll, ready};

use async_graphql::{ServerError, Variables};
use foldhash::fast::RandomState;

use crate::loader::Loaders;
use crate::model::{EntityRef, Kind, Row};

use super::arena::Arena;
use super::arguments::Arguments;
use super::call::{Call, Env};
use super::plan::{Plan, Planned, Room, What};
use super::table::{Bound, Field, Resolve, TypeId};
use super::write::write;
use super::{Failure, Object, Output, Subject};

/// What came of an operation.
pub struct Answer {
    /// The data as JSON text; `null` where a failure has taken all of it.
    pub data: Vec<u8>,
    /// What failed, where.
    pub errors: Vec<ServerError>,
    /// Whether it would have been longer than allowed; then there is no data.
    pub is_too_long: bool,
}

/// An operation under way.
pub(super) struct Run<'r> {
    pub plan: &'r Plan,
    env: &'r dyn Env,
    loaders: &'r Loaders,
    bound: Vec<Option<Result<Bound, Failure>>>,
    arena: Arena,
    pub instances: Vec<Instance>,
    pub cells: Vec<Cell>,
    /// The objects of all lists, one list after the other.
    pub links: Vec<Option<usize>>,
    pub texts: Vec<u8>,
    pub failures: Vec<Failure>,
    known: HashMap<(usize, EntityRef, u8), usize, RandomState>,
    /// The fields that wait: object and place in its selection.
    waiting: Vec<(usize, usize)>,
    /// The objects whose fields have not been looked at.
    fresh: Vec<usize>,
}

/// An object in one place of the plan.
pub(super) struct Instance {
    pub object: Object,
    pub selection: usize,
    /// Where its cells begin.
    pub cells: usize,
}

/// What a field of an object came to.
#[derive(Clone, Copy)]
pub(super) enum Cell {
    /// Nobody knows yet.
    Open,
    Null,
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
        run.place(Object { of, subject: root }, self.root);
        run.look();
        run.load().await;
        let answer = write(&run, most);
        self.usual.note(run.room(answer.data.len()));
        answer
    }
}

impl<'r> Run<'r> {
    fn new(plan: &'r Plan, env: &'r dyn Env, loaders: &'r Loaders, variables: &Variables) -> Run<'r> {
        let (mut bound, room) = (vec![None; plan.binds], plan.usual.room());
        for planned in plan.selections.iter().flat_map(|selection| &selection.fields) {
            if let (What::Field(field), Some(at)) = (&planned.what, planned.bind) {
                bound[at] = Some(read(field, planned, variables));
            }
        }
        Run {
            plan,
            env,
            loaders,
            bound,
            arena: Arena::new(room.things, loaders.explanation()),
            instances: Vec::with_capacity(room.objects),
            cells: Vec::with_capacity(room.cells),
            links: Vec::with_capacity(room.links),
            texts: Vec::with_capacity(room.texts),
            failures: Vec::new(),
            known: HashMap::with_capacity_and_hasher(room.objects, RandomState::default()),
            waiting: Vec::new(),
            fresh: Vec::new(),
        }
    }

    /// How much it took, with so many bytes of data.
    fn room(&self, data: usize) -> Room {
        Room {
            things: self.arena.len(),
            objects: self.instances.len(),
            cells: self.cells.len(),
            links: self.links.len(),
            texts: self.texts.len(),
            data,
        }
    }

    /// Loads, round by round, until no field waits.
    async fn load(&mut self) {
        loop {
            let wanted = self.arena.take_wanted();
            if wanted.is_empty() {
                debug_assert!(self.waiting.is_empty(), "who waits has asked for something");
                return;
            }
            let found = self.loaders.load_batch(&wanted).await;
            self.arena.put(found);
            for (instance, at) in std::mem::take(&mut self.waiting) {
                self.resolve(instance, at);
            }
            self.look();
        }
    }

    fn look(&mut self) {
        while let Some(instance) = self.fresh.pop() {
            for at in 0..self.plan.selections[self.instances[instance].selection].fields.len() {
                self.resolve(instance, at);
            }
        }
    }

    /// Finds out what a field of an object comes to, or lets it wait.
    fn resolve(&mut self, instance: usize, at: usize) {
        let plan = self.plan;
        let Instance { selection, cells, .. } = self.instances[instance];
        let planned = &plan.selections[selection].fields[at];
        let (What::Field(field), Some(cell)) = (&planned.what, planned.cell) else {
            return;
        };
        let table = &plan.table;
        self.arena
            .begin(&table.get(plan.selections[selection].of).name, &field.name);
        let found = match (&field.resolve, &self.instances[instance].object.subject) {
            (Resolve::One(slot, kind), Subject::Row(row, _)) => {
                let row = row.clone();
                self.one(planned, field, &row, *slot, *kind)
            }
            (Resolve::Many(slot, kind), Subject::Row(row, _)) => {
                let row = row.clone();
                self.many(planned, field, &row, *slot, *kind)
            }
            _ => self
                .poll(instance, field, planned)
                .map(|output| self.output(planned, output)),
        };
        match found {
            Poll::Pending => self.waiting.push((instance, at)),
            Poll::Ready(found) => self.cells[cells + cell] = found,
        }
    }

    /// The entity that a slot names.
    fn one(&mut self, planned: &Planned, field: &Field, row: &Row, slot: usize, kind: Kind) -> Poll<Cell> {
        let Some(id) = row.one(slot) else {
            return Poll::Ready(Cell::Null);
        };
        let entity = EntityRef::new(kind, id);
        if let Some(known) = self.known_below(planned, field, entity) {
            return Poll::Ready(Cell::Object(known));
        }
        Poll::Ready(match ready!(self.arena.see(self.env, entity)) {
            Ok(Some(row)) => self
                .below(planned, Object::row(of(field), row))
                .map_or(Cell::Null, Cell::Object),
            Ok(None) => Cell::Null,
            Err(failure) => self.failed(failure),
        })
    }

    /// The entities that a slot names, in their order, without those that are absent or not seen. Most of what boards
    /// and lists are made of, so it needs no memory but that of the links.
    fn many(&mut self, planned: &Planned, field: &Field, row: &Row, slot: usize, kind: Kind) -> Poll<Cell> {
        let (start, mut waits, mut failed) = (self.links.len(), false, None);
        for id in row.many(slot) {
            let entity = EntityRef::new(kind, id);
            if let Some(known) = self.known_below(planned, field, entity) {
                self.links.push(Some(known));
                continue;
            }
            match self.arena.see(self.env, entity) {
                Poll::Pending => waits = true,
                Poll::Ready(Ok(None)) => {}
                Poll::Ready(Ok(Some(row))) => {
                    let link = self.below(planned, Object::row(of(field), row));
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

    fn poll(&mut self, instance: usize, field: &Field, planned: &Planned) -> Poll<Result<Output, Failure>> {
        let bound = match self.argument(planned) {
            Ok(bound) => bound,
            Err(failure) => return Poll::Ready(Err(failure)),
        };
        let Run {
            arena,
            instances,
            env,
            plan,
            ..
        } = self;
        let object = &instances[instance].object;
        let mut call = Call {
            env: *env,
            arena,
            table: &plan.table,
        };
        call.resolve(field, object, &bound)
    }

    fn argument(&self, planned: &Planned) -> Result<Bound, Failure> {
        match planned.bind.and_then(|at| self.bound[at].clone()) {
            Some(bound) => bound,
            None => Ok(nothing()),
        }
    }

    /// Puts what a field came to in its place.
    fn output(&mut self, planned: &Planned, output: Result<Output, Failure>) -> Cell {
        match output {
            Err(failure) => self.failed(failure),
            Ok(Output::Null) => Cell::Null,
            Ok(Output::Json(text)) => {
                let start = self.texts.len();
                self.texts.extend_from_slice(&text);
                Cell::Json(start, self.texts.len())
            }
            Ok(Output::Object(object)) => self.below(planned, object).map_or(Cell::Null, Cell::Object),
            Ok(Output::Objects(objects)) => {
                let links: Vec<Option<usize>> =
                    objects.into_iter().map(|object| self.below(planned, object?)).collect();
                let start = self.links.len();
                self.links.extend(links);
                Cell::Objects(start, self.links.len())
            }
        }
    }

    /// The place of an entity that has one there, and so is seen.
    fn known_below(&self, planned: &Planned, field: &Field, entity: EntityRef) -> Option<usize> {
        let selection = planned.below.of(of(field))?;
        self.known.get(&(selection, entity, 0)).copied()
    }

    fn below(&mut self, planned: &Planned, object: Object) -> Option<usize> {
        let selection = planned.below.of(object.of)?;
        Some(self.place(object, selection))
    }

    /// The place of an object in a selection: an entity has one, however often it is met there.
    fn place(&mut self, object: Object, selection: usize) -> usize {
        let key = match &object.subject {
            Subject::Row(row, note) => row.reference().map(|entity| (selection, entity, *note)),
            Subject::Made(_) | Subject::Root => None,
        };
        if let Some(known) = key.and_then(|key| self.known.get(&key)) {
            return *known;
        }
        let cells = self.cells.len();
        self.cells
            .resize(cells + self.plan.selections[selection].cells, Cell::Open);
        self.instances.push(Instance {
            object,
            selection,
            cells,
        });
        let place = self.instances.len() - 1;
        if let Some(key) = key {
            self.known.insert(key, place);
        }
        self.fresh.push(place);
        place
    }
}

fn of(field: &Field) -> TypeId {
    field.of.expect("what leads to objects says of which type")
}

fn read(field: &Field, planned: &Planned, variables: &Variables) -> Result<Bound, Failure> {
    match &field.bind {
        Some(bind) => bind(&Arguments::new(&planned.written, variables, &field.defaults)),
        None => Ok(nothing()),
    }
}

/// The arguments of a field that has none. A unit needs no memory, so this allocates only what counts its owners.
fn nothing() -> Bound {
    static NOTHING: std::sync::LazyLock<Bound> = std::sync::LazyLock::new(|| std::sync::Arc::new(()));
    NOTHING.clone()
}
