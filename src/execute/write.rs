//! Writes what an operation came to, depth first, into one buffer. A null that may not be takes what it stands in along,
//! up to where one may. <https://spec.graphql.org/September2025/#sec-Handling-Execution-Errors>

use async_graphql::{PathSegment, ServerError};

use crate::model::Row;

use super::plan::{Planned, What};
use super::run::{Answer, Cell, Run};
use super::table::Field;
use super::{Data, Failure, Subject};

/// A null that goes on upwards.
struct Nulled;

type Written = Result<(), Nulled>;

struct Writer<'w> {
    run: &'w Run<'w>,
    out: Vec<u8>,
    errors: Vec<ServerError>,
    path: Vec<Step<'w>>,
    /// Where each object was written without a failure; it is the same wherever it stands.
    copies: Vec<Option<(usize, usize)>>,
    /// How long `out` may become.
    most: usize,
    is_too_long: bool,
}

#[derive(Clone, Copy)]
enum Step<'w> {
    Key(&'w str),
    Index(usize),
}

/// Room for the data of a first run.
const ROOM: usize = 4 << 10;

/// The answer of a run that has nothing left to load.
pub(super) fn write(run: &Run<'_>, most: usize) -> Answer {
    let mut writer = Writer {
        run,
        out: Data::begun(run.plan.usual.room().data.max(ROOM)),
        errors: Vec::new(),
        path: Vec::new(),
        copies: vec![None; run.instances.len()],
        most: most.saturating_add(Data::head()),
        is_too_long: false,
    };
    if writer.object(0, run.plan.root).is_err() || writer.is_too_long {
        writer.out.truncate(Data::head());
        writer.out.extend_from_slice(b"null");
    }
    Answer {
        data: Data::ended(writer.out),
        errors: writer.errors,
        is_too_long: writer.is_too_long,
        reached: Vec::new(),
    }
}

impl<'w> Writer<'w> {
    /// Writes an object as this selection asks for it, which its own is like.
    fn object(&mut self, at: usize, selection: usize) -> Written {
        if let Some((start, end)) = self.copies[at] {
            if self.out.len() + (end - start) > self.most {
                self.is_too_long = true;
                return Err(Nulled);
            }
            self.out.extend_from_within(start..end);
            return Ok(());
        }
        let run = self.run;
        let (start, failed) = (self.out.len(), self.errors.len());
        if start > self.most {
            self.is_too_long = true;
            return Err(Nulled);
        }
        let part = run.instances[at].object.as_row().map(Row::part);
        self.out.push(b'{');
        for planned in &run.plan.selections[selection].fields {
            self.out.extend_from_slice(planned.text.as_bytes());
            if let Some(text) = part.and_then(|part| planned.read_off(part)) {
                self.out.extend_from_slice(text);
                continue;
            }
            self.path.push(Step::Key(&planned.key));
            let written = self.field(at, planned);
            self.path.pop();
            if written.is_err() {
                self.cut(start);
                return written;
            }
        }
        self.out.push(b'}');
        if self.errors.len() == failed {
            self.copies[at] = Some((start, self.out.len()));
        }
        Ok(())
    }

    fn field(&mut self, at: usize, planned: &'w Planned) -> Written {
        let run = self.run;
        let instance = &run.instances[at];
        let What::Field(field) = &planned.what else {
            let name = &run.plan.table.get(instance.object.of).name;
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.push(b'"');
            return Ok(());
        };
        match planned.cell {
            Some(cell) => self.cell(at, run.cells[instance.cells + cell], field, planned),
            None => self.null(at, field, planned),
        }
    }

    fn slot(&mut self, at: usize, slot: usize, field: &Field, planned: &'w Planned) -> Written {
        let run = self.run;
        let Subject::Row(row, _) = &run.instances[at].object.subject else {
            return self.null(at, field, planned);
        };
        match row.slot(slot) {
            b"" | b"null" => self.null(at, field, planned),
            text => {
                self.out.extend_from_slice(text);
                Ok(())
            }
        }
    }

    fn cell(&mut self, at: usize, cell: Cell, field: &Field, planned: &'w Planned) -> Written {
        let run = self.run;
        match cell {
            Cell::Open | Cell::Null => self.null(at, field, planned),
            Cell::Slot(slot) => self.slot(at, slot, field, planned),
            Cell::Failed(failure) => {
                self.fail(&run.failures[failure], planned);
                self.nothing(field.shape.nullable)
            }
            Cell::Json(start, end) => {
                self.out.extend_from_slice(&run.texts[start..end]);
                Ok(())
            }
            Cell::Object(object) => {
                let start = self.out.len();
                match self.below(object, planned) {
                    Ok(()) => Ok(()),
                    Err(Nulled) => {
                        self.cut(start);
                        self.nothing(field.shape.nullable)
                    }
                }
            }
            Cell::Objects(start, end) => {
                let begun = self.out.len();
                match self.list(at, &run.links[start..end], field, planned) {
                    Ok(()) => Ok(()),
                    Err(Nulled) => {
                        self.cut(begun);
                        self.nothing(field.shape.nullable)
                    }
                }
            }
        }
    }

    fn list(&mut self, at: usize, links: &[Option<usize>], field: &Field, planned: &'w Planned) -> Written {
        let nullable = field.shape.list == Some(true);
        self.out.push(b'[');
        for (place, link) in links.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.path.push(Step::Index(place));
            let written = match link {
                Some(object) => {
                    let start = self.out.len();
                    self.below(*object, planned).or_else(|Nulled| {
                        self.cut(start);
                        self.nothing(nullable)
                    })
                }
                None if nullable => self.nothing(true),
                None => {
                    self.fail(&self.no_null(at, field), planned);
                    Err(Nulled)
                }
            };
            self.path.pop();
            written?;
        }
        self.out.push(b']');
        Ok(())
    }

    fn below(&mut self, object: usize, planned: &'w Planned) -> Written {
        let of = self.run.instances[object].object.of;
        let selection = planned.below.of(of).expect("it was selected of");
        self.object(object, selection)
    }

    /// Takes back what was written from there, and with it what would have been copied.
    fn cut(&mut self, start: usize) {
        self.out.truncate(start);
        for place in &mut self.copies {
            if place.is_some_and(|(_, end)| end > start) {
                *place = None;
            }
        }
    }

    fn null(&mut self, at: usize, field: &Field, planned: &'w Planned) -> Written {
        if !field.shape.nullable {
            self.fail(&self.no_null(at, field), planned);
        }
        self.nothing(field.shape.nullable)
    }

    fn no_null(&self, at: usize, field: &Field) -> Failure {
        let of = self.run.instances[at].object.of;
        Failure::null(&self.run.plan.table.get(of).name, &field.name)
    }

    fn nothing(&mut self, nullable: bool) -> Written {
        if !nullable {
            return Err(Nulled);
        }
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn fail(&mut self, failure: &Failure, planned: &Planned) {
        let path = self.path.iter().map(|step| match step {
            Step::Key(key) => PathSegment::Field((*key).to_owned()),
            Step::Index(index) => PathSegment::Index(*index),
        });
        let path = path.collect();
        self.errors.push(failure.at(&planned.locations, path));
    }
}
