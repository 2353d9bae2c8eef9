//! The one connection type of all lists, after Relay's specification, with `nodes` and `totalCount` beside.
//! <https://relay.dev/graphql/connections.htm>

use std::sync::Arc;
use std::task::{Poll, ready};

use crate::execute::{Admitted, Call, Failure, Listed, Object, Output, Subject};
use crate::loader::{BatchKey, Hashed};
use crate::model::{Filter, Kind, Query, Row};

use super::cache_control::{Inherit, KeptList};
use super::cursor::Cursor;
use super::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use super::order::SortKey;
use super::page::{List, Page, PageArgs};

/// A page of a list, without what the viewer doesn't see.
pub struct Connection {
    asked: Arc<Asked>,
    found: Listed,
    rows: Admitted,
}

/// A page that is asked for.
struct Asked {
    kind: Kind,
    key: SortKey,
    page: Page,
    /// What the whole list matches, where the query of the page doesn't say it.
    whole: Option<Filter>,
    query: Hashed<Query>,
}

/// Where a page stands in its list.
#[derive(Clone)]
pub struct PageInfo {
    has_next: bool,
    has_previous: bool,
    /// `None`: the page is empty.
    ends: Option<Ends>,
}

/// Where a page begins and ends.
#[derive(Clone)]
enum Ends {
    /// The first and the last row, seen or not, and what they are sorted by.
    Rows(SortKey, Row, Row),
    /// The first and the last cursor.
    Cursors(String, String),
}

impl Connection {
    /// Reads the page that these arguments name of the list that `list` finds.
    pub fn load(
        call: &mut Call<'_>,
        kind: Kind,
        arguments: &PageArgs,
        list: impl FnOnce(&mut Call<'_>) -> Poll<Result<List, Failure>>,
    ) -> Poll<Result<Connection, Failure>> {
        let asked = ready!(call.once(|call| {
            let list = ready!(list(call))?;
            Poll::Ready(Asked::new(kind, list, arguments))
        }))?;
        let found = ready!(call.page_of(&asked.rows()))?;
        let mut rows = ready!(call.admit_many(&found, asked.page.rows as usize))?;
        if asked.page.backward {
            rows = rows.reversed();
        }
        Poll::Ready(Ok(Connection { asked, found, rows }))
    }

    /// It, as what a field of a connection type comes to.
    pub fn output(self, call: &Call<'_>) -> Output {
        Output::Object(Object::made(call.of(), self))
    }

    /// The rows alone.
    pub fn nodes(&self, call: &Call<'_>) -> Output {
        Output::Entities(call.of(), self.rows.clone(), 0)
    }

    /// The rows, each of which knows the field that the list is sorted by.
    fn edges(&self, call: &Call<'_>) -> Output {
        Output::Entities(call.of(), self.rows.clone(), self.asked.key.number())
    }

    fn info(&self) -> PageInfo {
        PageInfo::new(&self.asked, &self.found)
    }

    fn count(&self, call: &mut Call<'_>) -> Resolved {
        let count = ready!(call.count(self.asked.kind, self.asked.filter().clone()))?;
        json(call, &count)
    }
}

impl Asked {
    fn new(kind: Kind, list: List, arguments: &PageArgs) -> Result<Asked, Failure> {
        let (key, page) = (list.key, arguments.page(list.key)?);
        let (query, whole) = page.query(list);
        Ok(Asked {
            kind,
            key,
            page,
            whole,
            query: Hashed::new(query),
        })
    }

    /// What its rows are had by.
    fn rows(&self) -> BatchKey {
        BatchKey::Page(self.kind, self.query.clone())
    }

    /// What the whole list matches.
    fn filter(&self) -> &Filter {
        self.whole.as_ref().unwrap_or(&self.query.filter)
    }
}

impl PageInfo {
    /// That of what was found for a page that was asked for.
    fn new(asked: &Asked, found: &[Row]) -> PageInfo {
        let Asked { page, key, .. } = asked;
        let shown = &found[..found.len().min(page.rows as usize)];
        let (more, key) = (found.len() > shown.len(), *key);
        let ends = shown.first().cloned().zip(shown.last().cloned());
        PageInfo {
            has_next: page.has_next(more),
            has_previous: page.has_previous(more),
            ends: ends.map(|(first, last)| match page.backward {
                true => Ends::Rows(key, last, first),
                false => Ends::Rows(key, first, last),
            }),
        }
    }

    /// That of a page with these cursors, whether others precede it and whether others follow.
    pub fn between(has_previous: bool, has_next: bool, cursors: Option<(String, String)>) -> PageInfo {
        PageInfo {
            has_next,
            has_previous,
            ends: cursors.map(|(first, last)| Ends::Cursors(first, last)),
        }
    }

    fn start(&self) -> Option<String> {
        Some(match self.ends.as_ref()? {
            Ends::Rows(key, first, _) => Cursor::of(*key, first).encode(),
            Ends::Cursors(first, _) => first.clone(),
        })
    }

    fn end(&self) -> Option<String> {
        Some(match self.ends.as_ref()? {
            Ends::Rows(key, _, last) => Cursor::of(*key, last).encode(),
            Ends::Cursors(_, last) => last.clone(),
        })
    }
}

/// Declares what all connections share.
pub fn declare(to: &mut Declarations) {
    to.object("PageInfo", "Where a page stands in its list.")
        .hint(Inherit::apply())
        .field(FieldDeclaration::made(
            "hasNextPage",
            Ty::leaf::<bool>(),
            "Whether rows follow this page: `first` with `after: endCursor` reads on.",
            |info: &PageInfo, call| json(call, &info.has_next),
        ))
        .field(FieldDeclaration::made(
            "hasPreviousPage",
            Ty::leaf::<bool>(),
            "Whether rows precede this page: `last` with `before: startCursor` reads back.",
            |info: &PageInfo, call| json(call, &info.has_previous),
        ))
        .field(FieldDeclaration::made(
            "startCursor",
            Ty::leaf::<Option<String>>(),
            "The cursor of the first row; null on an empty page.",
            |info: &PageInfo, call| json(call, &info.start()),
        ))
        .field(FieldDeclaration::made(
            "endCursor",
            Ty::leaf::<Option<String>>(),
            "The cursor of the last row; null on an empty page.",
            |info: &PageInfo, call| json(call, &info.end()),
        ));
}

/// Declares the connection of lists of this kind, and its edges.
pub fn declare_for(to: &mut Declarations, kind: Kind) {
    let name = kind.name();
    to.object(format!("{name}Connection"), "A page of a list.")
        .hint(KeptList::apply(kind))
        .field(FieldDeclaration::made(
            "edges",
            Ty::of(format!("[{name}Edge!]!")),
            "The rows with their cursors.",
            |page: &Connection, call| Poll::Ready(Ok(page.edges(call))),
        ))
        .field(FieldDeclaration::made(
            "nodes",
            Ty::of(format!("[{name}!]!")),
            "The rows without their cursors.",
            |page: &Connection, call| Poll::Ready(Ok(page.nodes(call))),
        ))
        .field(FieldDeclaration::made(
            "pageInfo",
            Ty::of("PageInfo!"),
            "Where this page stands in the list.",
            |page: &Connection, call| {
                let info = Object::made(call.of(), page.info());
                Poll::Ready(Ok(Output::Object(info)))
            },
        ))
        .field(FieldDeclaration::made(
            "totalCount",
            Ty::leaf::<Option<u64>>(),
            "How many rows the whole list has; counted only when this is asked for.",
            Connection::count,
        ));
    to.object(format!("{name}Edge"), "A row of a list.")
        .hint(Inherit::apply())
        .field(FieldDeclaration::call::<()>(
            "cursor",
            Ty::leaf::<String>(),
            "The place of this row, for `after` and `before`; it stays right when rows come and go around it.",
            |edge, _, call| match &edge.subject {
                Subject::Row(row, key) => json(call, &Cursor::of(SortKey::of_number(*key), row).encode()),
                Subject::Made(_) | Subject::Root => unreachable!("an edge is a row"),
            },
        ))
        .field(FieldDeclaration::row(
            "node",
            Ty::of(format!("{name}!")),
            "What stands in this row.",
            |row, call| Poll::Ready(Ok(Output::Object(Object::row(call.of(), row.clone())))),
        ));
}
