//! The board of a project: its columns from left to right with their cards in order.

use std::borrow::Cow;
use std::task::{Poll, ready};

use crate::execute::{Call, Object, Output};
use crate::graphql::cache_control::{Inherit, Kept, KeptList};
use crate::graphql::connection::Connection;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, arguments, json};
use crate::graphql::order::SortKey;
use crate::graphql::page::{List, PageArgs};
use crate::model::{
    BoardColumn, Category, Column, Declared, Direction, Face, Filter, Id, Kind, Project, Row, Value, take_text,
};

/// A column of a project's board.
struct BoardColumnOf {
    project: Id,
    column: Row,
}

arguments! {
    /// How many cards to show.
    pub struct Cards {
        /// How many at most: 1 to 100.
        first: i32 = 100,
    }
}

/// The columns of a project, from left to right.
pub fn columns(call: &Call<'_>, project: &Row) -> Output {
    let columns = project.rows(Project::SLOTS.board_columns);
    Output::Objects(columns.map(|column| object(call, project, column)).collect())
}

/// The column of this status, which is JSON text; none when the board has no such.
pub fn column(call: &Call<'_>, project: &Row, status: &[u8]) -> Output {
    let found = find(project, status).and_then(|column| object(call, project, column));
    found.map_or(Output::Null, Output::Object)
}

/// What tasks of this status, which is JSON text, are to progress; a status whose column is gone counts as active.
pub fn category_of(project: &Row, status: &[u8]) -> Category {
    let mut columns = project.parts(Project::SLOTS.board_columns);
    let column = columns.find(|column| column.slot(BoardColumn::SLOTS.key) == status);
    let category = column.and_then(|column| column.get(BoardColumn::SLOTS.category));
    category.unwrap_or(Category::Active)
}

/// The same of a status by its name.
pub fn category_named(project: &Row, status: &str) -> Category {
    let mut of = categories(project).filter(|(key, _)| key == status);
    of.next().map_or(Category::Active, |(_, category)| category)
}

/// The statuses of this category.
pub fn statuses(project: &Row, category: Category) -> impl Iterator<Item = String> + '_ {
    let of = categories(project).filter(move |(_, of)| *of == category);
    of.map(|(status, _)| status.into_owned())
}

/// All statuses, each with its category.
pub fn categories(project: &Row) -> impl Iterator<Item = (Cow<'_, str>, Category)> {
    let columns = project.parts(Project::SLOTS.board_columns);
    columns.filter_map(|column| {
        let category = column.get(BoardColumn::SLOTS.category)?;
        Some((take_text(column.slot(BoardColumn::SLOTS.key))?, category))
    })
}

fn find(project: &Row, status: &[u8]) -> Option<Row> {
    let mut columns = project.rows(Project::SLOTS.board_columns);
    columns.find(|column| column.slot(BoardColumn::SLOTS.key) == status)
}

fn object(call: &Call<'_>, project: &Row, column: Row) -> Option<Object> {
    let project = project.reference()?.id;
    Some(Object::made(call.of(), BoardColumnOf { project, column }))
}

impl BoardColumnOf {
    fn key(&self) -> Cow<'_, str> {
        take_text(self.column.slot(BoardColumn::SLOTS.key)).unwrap_or_default()
    }

    fn count(&self, call: &mut Call<'_>) -> Resolved {
        let counts = ready!(call.status_counts(self.project))?;
        json(call, &counts.get(&*self.key()).copied().unwrap_or_default())
    }

    fn tasks(&self, cards: &Cards, call: &mut Call<'_>) -> Resolved {
        let first = PageArgs::first(cards.first);
        let page = Connection::load(call, Kind::Task, &first, |_| Poll::Ready(Ok(self.in_order())));
        Poll::Ready(Ok(ready!(page)?.nodes(call)))
    }

    fn in_order(&self) -> List {
        let of = [
            Filter::Eq("project", Value::Id(self.project)),
            Filter::Eq("status", Value::Text(self.key().into_owned())),
            Filter::Eq("isArchived", Value::Bool(false)),
        ];
        List {
            filter: Filter::All(of.into()),
            key: SortKey::Rank,
            direction: Direction::Ascending,
        }
    }
}

/// Declares board and column.
pub fn declare(to: &mut Declarations) {
    to.object("Board", "The board of a project.")
        .hint(Kept::apply(Kind::Project))
        .field(FieldDeclaration::row(
            "project",
            Ty::of("Project!"),
            "The project whose board it is.",
            |project, call| {
                let project = Object::row(call.of(), project.clone());
                Poll::Ready(Ok(Output::Object(project)))
            },
        ))
        .field(FieldDeclaration::row(
            "columns",
            Ty::of("[BoardColumn!]!"),
            "The columns, from left to right.",
            |project, call| Poll::Ready(Ok(columns(call, project))),
        ));
    let mut object = to
        .object("BoardColumn", &BoardColumn::DOCS.join("\n"))
        .hint(Inherit::apply());
    for (at, column) in BoardColumn::COLUMNS.iter().enumerate() {
        object = object.field(scalar(at, column));
    }
    object
        .field(
            FieldDeclaration::made(
                "count",
                Ty::leaf::<Option<u64>>(),
                "How many tasks are in it, without archived ones.",
                BoardColumnOf::count,
            )
            .hint(KeptList::apply(Kind::Task)),
        )
        .field(
            FieldDeclaration::made_with(
                "tasks",
                Ty::of("[Task!]"),
                "Its first tasks by rank, without archived ones. For more of them, ask `tasks` for this project and\n\
                 status, sorted `RANK_ASC`.",
                BoardColumnOf::tasks,
            )
            .hint(KeptList::apply(Kind::Task)),
        );
}

fn scalar(at: usize, column: &Column) -> FieldDeclaration {
    let Face::Scalar(create) = column.face else {
        unreachable!("a column of a board has scalars only");
    };
    let docs = column.docs.join("\n");
    FieldDeclaration::made(
        &column.name(),
        Ty::Leaf(create),
        &docs,
        move |of: &BoardColumnOf, call| Poll::Ready(Ok(call.text(|text| text.extend_from_slice(of.column.slot(at))))),
    )
}
