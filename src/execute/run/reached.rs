//! What each place of an answer rests on, for who asked to be told. All that was resolved is gone through once more, each
//! field against an arena that holds nothing: what it lacks there is what it has asked for. So a run that nobody asked
//! about pays nothing for it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::execute::Subject;
use crate::execute::plan::{Planned, What};
use crate::execute::table::{Field, Resolve, TypeId};
use crate::loader::{BatchKey, Explanation, Reached, Step};
use crate::model::EntityRef;

use super::{Cell, Run};

/// What each field of each object has asked for.
type Asked = HashMap<(usize, usize), Vec<BatchKey>>;

/// A way down from the root.
struct Walk<'w, 'r> {
    run: &'w Run<'r>,
    asked: &'w Asked,
    /// Which of the reads each thing was.
    places: HashMap<BatchKey, usize>,
    path: Vec<Step>,
    reached: Vec<Reached>,
}

impl Run<'_> {
    /// The places of the answer in their order; as many as are told of, and one more where there are more.
    pub(super) fn reached(&mut self, told: &Explanation) -> Vec<Reached> {
        let asked = self.all_asked(told);
        let mut walk = Walk {
            run: self,
            asked: &asked,
            places: told.places(),
            path: Vec::new(),
            reached: Vec::new(),
        };
        walk.object(0, &[]);
        walk.reached
    }

    /// What every field has asked for, and tells which did.
    fn all_asked(&mut self, told: &Explanation) -> Asked {
        let mut asked = Asked::new();
        for instance in 0..self.instances.len() {
            let selection = &self.plan.selections[self.instances[instance].selection];
            for (at, planned) in selection.fields.iter().enumerate() {
                let Some((field, cell)) = led(planned) else { continue };
                let keys = self.asked(instance, planned, field);
                let name: Arc<str> = format!("{}.{}", self.plan.table.get(selection.of).name, field.name).into();
                let met = self.objects(self.cells[self.instances[instance].cells + cell]);
                let met = met.filter_map(|object| self.entity(object));
                let listed = keys.iter().flat_map(|key| self.arena.listed(key));
                met.chain(listed)
                    .for_each(|entity| told.asked(&name, &BatchKey::Entity(entity)));
                keys.iter().for_each(|key| told.asked(&name, key));
                asked.insert((instance, at), keys);
            }
        }
        asked
    }

    /// What a field of an object asks for.
    fn asked(&mut self, instance: usize, planned: &Planned, field: &Field) -> Vec<BatchKey> {
        let full = std::mem::take(&mut self.arena);
        let mut asked = Vec::new();
        loop {
            self.ask(instance, planned, field);
            let wanted = self.arena.take_wanted();
            if !self.arena.take_over(&full, &wanted) {
                break;
            }
            asked.extend(wanted);
        }
        self.arena = full;
        asked
    }

    fn ask(&mut self, instance: usize, planned: &Planned, field: &Field) {
        let ids = match (&field.resolve, &self.instances[instance].object.subject) {
            (Resolve::One(slot, kind), Subject::Row(row, _)) => {
                row.one(*slot).into_iter().map(|id| (*kind, id)).collect()
            }
            (Resolve::Many(slot, kind), Subject::Row(row, _)) => row.many(*slot).map(|id| (*kind, id)).collect(),
            _ => {
                let _ = self.poll(instance, field, planned, &mut None);
                Vec::new()
            }
        };
        for (kind, id) in ids {
            let _ = self.arena.see(self.env, EntityRef::new(kind, id));
        }
    }

    /// The objects that a field came to.
    fn objects(&self, cell: Cell) -> impl Iterator<Item = usize> {
        let (one, many) = match cell {
            Cell::Object(object) => (Some(object), &[][..]),
            Cell::Objects(start, end) => (None, &self.links[start..end]),
            _ => (None, &[][..]),
        };
        one.into_iter().chain(many.iter().flatten().copied())
    }

    fn is_row(&self, object: usize) -> bool {
        self.instances[object].object.as_row().is_some()
    }

    /// The entity that an object is.
    fn entity(&self, object: usize) -> Option<EntityRef> {
        self.instances[object].object.as_row()?.reference()
    }
}

/// A field whose value is not read off its object, and its cell.
fn led(planned: &Planned) -> Option<(&Field, usize)> {
    match &planned.what {
        What::Field(field) if matches!(field.resolve, Resolve::Slot(_)) => None,
        What::Field(field) => Some((field, planned.cell?)),
        What::Typename => None,
    }
}

impl Walk<'_, '_> {
    /// The fields of an object; `above` are the reads that it rests on.
    fn object(&mut self, object: usize, above: &[usize]) {
        let run = self.run;
        for (at, planned) in run.plan.selections[run.instances[object].selection]
            .fields
            .iter()
            .enumerate()
        {
            if let Some((field, cell)) = led(planned)
                && self.reached.len() <= Explanation::MOST_REACHED
            {
                self.path.push(Step::Key(planned.key.to_string()));
                self.field(
                    (object, at),
                    field,
                    run.cells[run.instances[object].cells + cell],
                    above,
                );
                self.path.pop();
            }
        }
    }

    fn field(&mut self, (object, at): (usize, usize), field: &Field, cell: Cell, above: &[usize]) {
        let (run, asked) = (self.run, self.asked);
        let of = run.instances[object].object.of;
        let entities: HashSet<EntityRef> = run.objects(cell).filter_map(|object| run.entity(object)).collect();
        let is_row = matches!(cell, Cell::Object(object) if run.is_row(object));
        let is_list = matches!(cell, Cell::Objects(..));
        // What has a place of its own in a list is told of there.
        let stands = |key: &&BatchKey| matches!(key, BatchKey::Entity(entity) if is_list && entities.contains(entity));
        let keys = asked[&(object, at)].iter().filter(|key| !stands(key)).cloned();
        let own = entities
            .iter()
            .filter(|_| is_row)
            .map(|entity| BatchKey::Entity(*entity));
        let is_worked_out = matches!(field.resolve, Resolve::Call(_)) && !is_row;
        let reads = self.reads(keys.chain(own), if is_worked_out { &[] } else { above });
        self.note((of, field), reads.clone());
        let above = if reads.is_empty() { above } else { &reads };
        match cell {
            Cell::Object(object) => self.object(object, above),
            Cell::Objects(start, end) => self.items((of, field), &run.links[start..end], above),
            _ => {}
        }
    }

    fn items(&mut self, of: (TypeId, &Field), items: &[Option<usize>], above: &[usize]) {
        let run = self.run;
        for (place, item) in items.iter().enumerate() {
            let Some(item) = *item else { continue };
            self.path.push(Step::Index(place));
            let own = run.entity(item).map(BatchKey::Entity);
            let reads = self.reads(own.into_iter(), if run.is_row(item) { above } else { &[] });
            self.note(of, reads.clone());
            self.object(item, if reads.is_empty() { above } else { &reads });
            self.path.pop();
        }
    }

    /// Which of the reads these things were; `others` where none was read for itself.
    fn reads(&self, keys: impl Iterator<Item = BatchKey>, others: &[usize]) -> Vec<usize> {
        let mut reads: Vec<usize> = keys.filter_map(|key| self.places.get(&key).copied()).collect();
        reads.sort_unstable();
        reads.dedup();
        if reads.is_empty() { others.to_vec() } else { reads }
    }

    fn note(&mut self, (of, field): (TypeId, &Field), reads: Vec<usize>) {
        if self.reached.len() <= Explanation::MOST_REACHED {
            self.reached.push(Reached {
                path: self.path.clone(),
                of: self.run.plan.table.get(of).name.clone(),
                field: field.name.clone(),
                reads,
            });
        }
    }
}
